const DRAIN_LIMIT_MS = 10_000;
const SAME_SIGNAL_MS = 1_000;

/**
 * On SIGTERM or SIGINT, calls `close` and ends the process: with 0 on success, with 1 if it failed,
 * took too long, or a second signal came.
 */
export function closeOnSignal(close: () => Promise<void>, delayMs: number): void {
  let since: number | undefined;

  const onSignal = () => {
    if (since === undefined) {
      since = performance.now();
      setTimeout(() => process.exit(1), delayMs + DRAIN_LIMIT_MS);
      close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    } else if (performance.now() - since > SAME_SIGNAL_MS) {
      // Any sooner, it is the same Ctrl-C: npm forwards what the terminal sends to every process.
      process.exit(1);
    }
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}
