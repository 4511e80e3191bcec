interface WarningProcess {
  readonly emitWarning?: (message: string, type: string) => void;
}

/** How many problems one `Warnings` reports. */
const MOST_PROBLEMS = 100;

/** The longest description of an error, in UTF-16 units. */
const LONGEST = 500;

/** Warns whoever runs the program, as Node does, or else on the console. It never throws. */
export function warn(message: string): void {
  try {
    const { process } = globalThis as { process?: WarningProcess };
    if (process?.emitWarning) process.emitWarning(message, "NarthexWarning");
    // biome-ignore lint/suspicious/noConsole: other runtimes have no other way to warn.
    else console.warn(message);
  } catch {
    // The application may have replaced these functions by others that throw.
  }
}

/** Describes an error, or whatever was thrown, within the sentence of a warning. It never throws. */
export function describe(thrown: unknown): string {
  try {
    const text = String(thrown).replace(/\.$/, "");
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  } catch {
    return `${typeof thrown === "object" ? "an object" : `a ${typeof thrown}`} that has no text`;
  }
}

/** Warns of each problem once: what goes wrong on every request would flood the log. */
export class Warnings {
  readonly #given = new Set<string>();

  /**
   * @param problem tells problems apart: a family's name, say
   * @param message a function, if finding the words takes long
   */
  once(problem: string, message: string | (() => string)): void {
    if (this.#given.has(problem) || this.#given.size > MOST_PROBLEMS) return;
    this.#given.add(problem);
    if (this.#given.size <= MOST_PROBLEMS) warn(typeof message === "string" ? message : message());
    else warn("There are more problems like those before; nothing more is told of them.");
  }
}
