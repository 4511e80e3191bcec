interface WarningProcess {
  readonly emitWarning?: (message: string, type: string) => void;
}

/** Warns whoever runs the program, as Node does where there is Node. */
export function warn(message: string): void {
  const { process } = globalThis as { process?: WarningProcess };
  if (process?.emitWarning) process.emitWarning(message, "NarthexWarning");
  // biome-ignore lint/suspicious/noConsole: other runtimes have no other way to warn.
  else console.warn(message);
}
