import { isThenable } from "../instruments/timer.ts";
import type { CollectContext } from "../model/collect-context.ts";

/** Something that must be read before it can be exposed. */
export interface Collecting {
  /** Reads, now or later; what it gives is handed to `apply`. */
  readonly read: (context: CollectContext) => unknown;
  apply(collected: unknown): void;
}

/** Reads that still run: other scrapes wait for them, too, instead of starting more. */
const running = new WeakMap<Collecting, Run>();

interface Run {
  readonly read: Collecting["read"];
  /** Of the scrapes that wait for it. */
  readonly signals: AbortSignal[];
  readonly outcome: Promise<boolean>;
}

/** More than this, timers can't count. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Reads all at once, until they are done or the deadline has passed. Gives back those that threw,
 * gave nonsense or came late.
 */
export async function collect<C extends Collecting>(
  all: readonly C[],
  deadlineMs: number,
): Promise<ReadonlySet<C>> {
  const failed = new Set<C>();
  const controller = new AbortController();
  const pending: Promise<unknown>[] = [];
  for (const collecting of all) {
    const outcome = start(collecting, controller.signal);
    if (outcome === true) continue;
    failed.add(collecting); // If it is under way: until it has come in time.
    if (outcome !== false) pending.push(outcome.then((done) => done && failed.delete(collecting)));
  }
  if (pending.length > 0) await beforeDeadline(Promise.all(pending), deadlineMs, controller);
  return failed;
}

/** Whether it could be read, at once or later. */
function start(collecting: Collecting, signal: AbortSignal): boolean | Promise<boolean> {
  const { read } = collecting;
  const before = running.get(collecting);
  // A hot reload brings another callback: that of before is of no interest any more.
  if (before?.read === read) return join(before, signal);
  try {
    const collected = read({ signal });
    if (!isThenable(collected)) {
      collecting.apply(collected);
      return true;
    }
    const signals = [signal];
    const outcome = finish(collecting, Promise.resolve(collected), signals);
    running.set(collecting, { read, signals, outcome });
    return outcome;
  } catch {
    return false;
  }
}

/** Waits for a read that runs already; one that a scrape has given up on is not waited for again. */
function join(run: Run, signal: AbortSignal): boolean | Promise<boolean> {
  if (run.signals.some(({ aborted }) => aborted)) return false;
  run.signals.push(signal);
  return run.outcome;
}

async function finish(
  collecting: Collecting,
  promise: Promise<unknown>,
  signals: readonly AbortSignal[],
): Promise<boolean> {
  try {
    const collected = await promise;
    if (signals.every(({ aborted }) => aborted)) return false;
    collecting.apply(collected);
    return true;
  } catch {
    return false;
  } finally {
    if (running.get(collecting)?.signals === signals) running.delete(collecting);
  }
}

async function beforeDeadline(
  work: Promise<unknown>,
  deadlineMs: number,
  controller: AbortController,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(
      () => {
        controller.abort();
        resolve();
      },
      Math.min(deadlineMs, MAX_TIMEOUT_MS),
    );
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}
