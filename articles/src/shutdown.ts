const DRAIN_LIMIT_MS = 10_000;
const SAME_SIGNAL_MS = 1_000;

/**
 * On SIGTERM or SIGINT closes and ends the process: with 0 when that went well, with 1 when it took
 * too long or somebody sent a second signal.
 */
export function closeOnSignal(close: () => Promise<void>): void {
  let since: number | undefined;

  const onSignal = () => {
    if (since === undefined) {
      since = performance.now();
      setTimeout(() => process.exit(1), DRAIN_LIMIT_MS);
      close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    } else if (performance.now() - since > SAME_SIGNAL_MS) {
      // Sooner, it is the same Ctrl-C again: npm hands on what the terminal has sent to all.
      process.exit(1);
    }
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}
