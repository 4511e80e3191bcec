const DRAIN_LIMIT_MS = 10_000;
const SAME_SIGNAL_MS = 1_000;

interface Closing {
  /** How long `close` goes on answering before it stops what runs. */
  delayMs: number;
  /** Whether to leave it to another process to say what happens. */
  isSilent?: boolean;
}

/**
 * On SIGTERM or SIGINT, calls `close` and ends the process: with 0 on success, with 1 if it failed,
 * took too long, or a second signal came. It says so to whoever pressed Ctrl-C.
 */
export function closeOnSignal(
  close: (signal: NodeJS.Signals) => Promise<void>,
  { delayMs, isSilent = false }: Closing,
): void {
  const say = isSilent ? () => {} : print;
  const end = isSilent ? (code: number) => process.exit(code) : printAndExit;
  let since: number | undefined;

  const onSignal = (signal: NodeJS.Signals) => {
    const seconds = (delayMs + DRAIN_LIMIT_MS) / 1_000;
    if (since === undefined) {
      since = performance.now();
      say(
        `${signal}: answering what came in, for at most ${seconds} s; a second Ctrl-C stops it at once`,
      );
      setTimeout(
        () => end(1, `stopped after ${seconds} s: a request had not ended`),
        seconds * 1_000,
      );
      close(signal).then(
        () => end(0, "stopped: every request is answered, and the database is closed"),
        (error) => end(1, `stopped with an error: ${error}`),
      );
    } else if (performance.now() - since > SAME_SIGNAL_MS) {
      // Any sooner, it is the same Ctrl-C: npm forwards what the terminal sends to every process.
      end(1, "stopped at once: requests may have been broken off");
    }
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  // Whoever read it may be gone, as `head` is.
  process.stdout.on("error", () => {});
}

function print(text: string): void {
  // On a terminal, "^C" stands at the beginning of the line.
  const newLine = process.stdout.isTTY ? "\n" : "";
  process.stdout.write(`${newLine}articles: ${text}\n`);
}

function printAndExit(code: number, text: string): void {
  process.stdout.write(`articles ${text}\n`, () => process.exit(code));
}
