import type { CollectContext, CollectedInstrument } from "../instruments/collected.ts";
import type { HeldSeries } from "../instruments/instrument.ts";

type Collecting = CollectedInstrument<HeldSeries>;

/** Callbacks that a scrape gave up on and that still run: they are not started again meanwhile. */
const running = new WeakSet<Collecting>();

/**
 * Runs the collect callbacks of all instruments at once, until they are done or the deadline has
 * passed. Gives back those that threw, gave nonsense or came late: their families have no value.
 */
export async function collect(
  instruments: readonly Collecting[],
  deadlineMs: number,
): Promise<Set<Collecting>> {
  const failed = new Set<Collecting>();
  const controller = new AbortController();
  const pending = instruments.flatMap((instrument) => {
    const outcome = start(instrument, controller.signal);
    if (typeof outcome === "boolean") {
      if (!outcome) failed.add(instrument);
      return [];
    }
    failed.add(instrument); // Until it has come in time.
    return [outcome.then((done) => done && failed.delete(instrument))];
  });
  if (pending.length > 0) await beforeDeadline(Promise.all(pending), deadlineMs, controller);
  // A copy: who is late must not change the answer any more.
  return new Set(failed);
}

/** Whether the callback succeeded, at once or later. */
function start(instrument: Collecting, signal: AbortSignal): boolean | Promise<boolean> {
  if (running.has(instrument)) return false;
  try {
    const collected = (instrument.collect as (context: CollectContext) => unknown)({ signal });
    if (!(collected instanceof Promise)) {
      instrument.apply(collected);
      return true;
    }
    running.add(instrument);
    return collected
      .then((value) => {
        if (signal.aborted) return false;
        instrument.apply(value);
        return true;
      })
      .catch(() => false)
      .finally(() => running.delete(instrument));
  } catch {
    return false;
  }
}

async function beforeDeadline(
  work: Promise<unknown>,
  deadlineMs: number,
  controller: AbortController,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve();
    }, deadlineMs);
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}
