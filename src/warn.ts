interface WarningProcess {
  readonly emitWarning?: (message: string, options: { type: string; detail?: string }) => void;
}

/** How many problems one `Warnings` reports. */
const MOST_PROBLEMS = 100;

/** The longest description of an error and the longest line of its stack, in UTF-16 units. */
const LONGEST = 500;

/** How many lines of a stack are shown. */
const MOST_FRAMES = 10;

/** How much of a stack is searched for these lines, in UTF-16 units. */
const SEARCHED = 10_000;

/**
 * Warns whoever runs the program, as Node does, or else on the console. It never throws.
 *
 * @param thrown the error that the message describes; its stack is shown below the message
 */
export function warn(message: string, thrown?: unknown): void {
  const detail = framesOf(thrown);
  try {
    const { process } = globalThis as { process?: WarningProcess };
    const type = "NarthexWarning";
    if (process?.emitWarning) {
      process.emitWarning(message, detail === undefined ? { type } : { type, detail });
    } else {
      // biome-ignore lint/suspicious/noConsole: other runtimes have no other way to warn.
      console.warn(detail === undefined ? message : `${message}\n${detail}`);
    }
  } catch {
    // The application may have replaced these functions by others that throw.
  }
}

/** Describes an error, or whatever was thrown, within the sentence of a warning. It never throws. */
export function describe(thrown: unknown): string {
  try {
    return shorten(String(thrown).replace(/\.$/, ""));
  } catch {
    return `${typeof thrown === "object" ? "an object" : `a ${typeof thrown}`} that has no text`;
  }
}

/** The innermost frames of an error's stack, without its message; undefined if it has none. It never throws. */
function framesOf(thrown: unknown): string | undefined {
  try {
    const { stack, message = "" } = Object(thrown);
    if (typeof stack !== "string") return undefined;
    // The message comes first, may be long, and may have lines that look like frames.
    const at = stack.indexOf(message);
    const begin = at < 0 ? 0 : at + message.length;
    const lines = stack.slice(begin, begin + SEARCHED).split("\n");
    const frames = lines.filter((line) => /^\s+at /.test(line)).slice(0, MOST_FRAMES);
    return frames.length > 0 ? frames.map(shorten).join("\n") : undefined;
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Warns of each problem once: what goes wrong on every request would flood the log. */
export class Warnings {
  readonly #given = new Set<string>();

  /**
   * @param problem tells problems apart: a family's name, say
   * @param message a function, if finding the words takes long
   * @param thrown the error that the message describes; its stack is shown below the message
   */
  once(problem: string, message: string | (() => string), thrown?: unknown): void {
    if (this.#given.has(problem) || this.#given.size > MOST_PROBLEMS) return;
    this.#given.add(problem);
    if (this.#given.size <= MOST_PROBLEMS) {
      warn(typeof message === "string" ? message : message(), thrown);
    } else warn("There are more problems like those before; nothing more is told of them.");
  }
}
