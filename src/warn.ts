interface WarningProcess {
  readonly emitWarning?: (message: string, type: string) => void;
}

/** Warns whoever runs the program, the way Node does where there is a Node. */
export function warn(message: string): void {
  const { process } = globalThis as { process?: WarningProcess };
  if (process?.emitWarning) process.emitWarning(message, "NarthexWarning");
  // biome-ignore lint/suspicious/noConsole: other runtimes have no other way to warn.
  else console.warn(message);
}

/** Warns of each problem once: what goes wrong on every request would flood the log. */
export class Warnings {
  readonly #given = new Set<string>();

  /** @param problem tells problems apart: a family's name, say */
  once(problem: string, message: string): void {
    if (this.#given.has(problem)) return;
    this.#given.add(problem);
    warn(message);
  }
}
