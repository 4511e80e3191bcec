import { isThenable } from "../instruments/timer.ts";
import type { CollectContext } from "../model/sample-sink.ts";

/** Reads what must be fetched before it can be exposed. */
export interface Reader {
  /** Reads, now or later. Its result is handed to `apply`. */
  readonly read: (context: CollectContext) => unknown;
  apply(collected: unknown): void;
}

/** Reads that still run. Other scrapes wait for them, too, instead of starting more. */
const running = new WeakMap<Reader, Run>();

interface Run {
  readonly read: Reader["read"];
  /** The signals of all scrapes that wait for it. */
  readonly signals: AbortSignal[];
  /** Rejects where the read failed. */
  readonly end: Promise<void>;
}

/** The longest delay that timers support. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Why a source is left out whose read was not in time. */
const LATE = "the deadline has passed";

/**
 * Reads all sources that have a reader, all at once, until they are done or the deadline has passed.
 *
 * @returns those that could not be read in time, with the reason: what they threw, or that they were late
 */
export async function collect<S extends { readonly reader?: Reader | undefined }>(
  sources: readonly S[],
  deadlineMs: number,
): Promise<ReadonlyMap<S, unknown>> {
  const failed = new Map<S, unknown>();
  const controller = new AbortController();
  const pending: Promise<unknown>[] = [];
  for (const source of sources) {
    if (source.reader === undefined) continue;
    try {
      const end = start(source.reader, controller.signal);
      if (end === undefined) continue;
      failed.set(source, LATE); // Until it has come in time.
      const done = () => failed.delete(source);
      pending.push(end.then(done, (error) => failed.set(source, error)));
    } catch (error) {
      failed.set(source, error);
    }
  }
  if (pending.length > 0) await beforeDeadline(Promise.all(pending), deadlineMs, controller);
  return new Map(failed); // A late one may still end, but not on this page.
}

/** Throws where it fails at once; returns the end of a read that goes on. */
function start(reader: Reader, signal: AbortSignal): Promise<void> | undefined {
  const { read } = reader;
  const run = running.get(reader);
  // After a hot reload there is another callback, and the end of the one before does not matter.
  if (run?.read === read) return join(run, signal);
  const collected = read({ signal });
  if (!isThenable(collected)) {
    reader.apply(collected);
    return undefined;
  }
  const signals = [signal];
  const end = finish(reader, Promise.resolve(collected), signals);
  running.set(reader, { read, signals, end });
  return end;
}

/** Waits for a read that runs already. One that a scrape has given up on is not waited for again. */
function join(run: Run, signal: AbortSignal): Promise<void> {
  if (run.signals.some(({ aborted }) => aborted)) return Promise.reject(LATE);
  run.signals.push(signal);
  return run.end;
}

async function finish(
  reader: Reader,
  promise: Promise<unknown>,
  signals: readonly AbortSignal[],
): Promise<void> {
  try {
    const collected = await promise;
    if (!signals.every(({ aborted }) => aborted)) reader.apply(collected);
  } finally {
    if (running.get(reader)?.signals === signals) running.delete(reader);
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
