import type { Making } from "./call.ts";
import { LATE, type Reader, Run, runOf } from "./run.ts";

/**
 * The share of its time for which a scrape waits for a read that another scrape began. It is not all of
 * it, because that read may itself wait for this page, and needs it before its own deadline.
 */
const JOINED_SHARE = 0.9;

/** How long a scrape without a deadline of its own waits for a read that another scrape began. */
const JOINED_MS = 1000;

/** The longest delay that timers support. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** What reads have to know about the page that they are for. */
export interface Collecting {
  readonly page: Making;
  /** How long reads may take, in milliseconds. */
  readonly deadlineMs: number;
  /** Whether the scraper has asked for this deadline. */
  readonly isAskedFor: boolean;
  /** Aborted when nobody wants the page any more. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads all sources that have a reader at the same time, until they are done or the deadline has passed.
 *
 * @returns the sources that were not read, with the reason: what they threw, or that they were late
 */
export async function collect<S extends { readonly reader: Reader | undefined }>(
  sources: readonly S[],
  collecting: Collecting,
): Promise<ReadonlyMap<S, unknown>> {
  const failed = new Map<S, unknown>();
  const pending: Promise<unknown>[] = [];
  const wait = new Wait(collecting);
  for (const source of sources) {
    if (source.reader === undefined) continue;
    try {
      const end = read(source.reader, wait);
      if (end !== undefined) pending.push(end.catch((error) => failed.set(source, error)));
    } catch (error) {
      failed.set(source, error);
    }
  }
  if (pending.length > 0) await wait.during(Promise.all(pending));
  return failed;
}

/** Begins a read, or joins one. Throws if it fails at once; returns the end of a read that goes on. */
function read(reader: Reader, wait: Wait): Promise<void> | undefined {
  const before = runOf(reader);
  // After a hot reload there is a new callback, and the read of the old one does not matter.
  if (before?.read === reader.read) return join(before, reader, wait);
  const run = new Run(reader, wait.collecting.page);
  run.begin();
  return run.end && wait.until(run, run.end);
}

/**
 * Waits for a read that runs already, until it is as old as a scrape may get, so that a read that hangs
 * delays only one scrape. A read that has been told to stop is awaited and then begun again.
 */
async function join(run: Run, reader: Reader, wait: Wait): Promise<void> {
  const { wasStopped } = run;
  const ms = wait.joinedMs(run);
  if (ms <= 0) throw LATE;
  try {
    await wait.until(run, run.end, ms);
  } catch (error) {
    if (!wasStopped || error === LATE) throw error;
  }
  if (wasStopped) await read(reader, wait);
}

/** How long one scrape waits for its reads. */
class Wait {
  readonly collecting: Collecting;
  readonly #begun = performance.now();
  readonly #rejecting: ((reason: string) => void)[] = [];
  #isOver = false;

  constructor(collecting: Collecting) {
    this.collecting = collecting;
  }

  get #leftMs(): number {
    return this.collecting.deadlineMs - (performance.now() - this.#begun);
  }

  /** How long to wait for a run that another scrape began. */
  joinedMs(run: Run): number {
    const { deadlineMs, isAskedFor } = this.collecting;
    const ms = Math.min(this.#leftMs, JOINED_SHARE * deadlineMs - run.age);
    return isAskedFor ? ms : Math.min(ms, JOINED_MS);
  }

  /** The end of a run; rejects with `LATE` at the deadline, or after `ms`. */
  async until({ enter, leave }: Run, end: Promise<void> | undefined, ms?: number): Promise<void> {
    if (this.#isOver) throw LATE;
    let timer: ReturnType<typeof setTimeout> | undefined;
    enter();
    try {
      await new Promise<void>((resolve, reject) => {
        end?.then(resolve, reject);
        this.#rejecting.push(reject);
        if (ms !== undefined) timer = setTimeout(reject, Math.min(ms, MAX_TIMEOUT_MS), LATE);
      });
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  /** Waits for all reads of the scrape, until the deadline or until the scrape is stopped. */
  async during(reads: Promise<unknown>): Promise<void> {
    const { signal } = this.collecting;
    const giveUp = () => {
      this.#isOver = true;
      for (const reject of this.#rejecting) reject(LATE);
    };
    const timer = setTimeout(giveUp, Math.min(Math.max(this.#leftMs, 0), MAX_TIMEOUT_MS));
    if (signal?.aborted) giveUp();
    else signal?.addEventListener("abort", giveUp);
    await reads;
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}
