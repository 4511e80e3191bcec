import type { DistributionHistory } from "./history/distribution.ts";
import type { NumbersHistory } from "./history/numbers.ts";
import type { EndedRequest, RequestObserver } from "./observer.ts";

/** How many requests each list has. */
const LISTED = 50;

/** The slowest ones are kept for each minute apart, so that old ones leave room for new ones. */
const SLICE_MS = 60_000;
const SLOWEST_IN_SLICE = 20;

/** Latencies are counted in native buckets of schema 3, from a microsecond to 17 minutes. */
const PER_OCTAVE = 8;
const FIRST = -20 * PER_OCTAVE;
const LAST = 10 * PER_OCTAVE;

/** Outcomes that are failures, whatever the status. */
const FAILED = new Set(["server_error", "aborted", "aborted_response", "failed_response"]);

/** The status classes, and requests that ended without a status. */
const CLASSES = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;

/** A request as the page lists it. */
export interface ListedRequest extends EndedRequest {
  /** When it ended, in milliseconds since the epoch. */
  readonly time: number;
  readonly traceId: string | undefined;
}

/** What the page tells of requests: how many, how fast, and which were slow or failed. */
export class RequestLog implements RequestObserver {
  readonly #running = new Map<object, number>();
  readonly #classes = new Float64Array(CLASSES.length);
  readonly #buckets = new Uint32Array(LAST - FIRST + 1);
  readonly #failed: ListedRequest[] = [];
  readonly #slices = new Map<number, ListedRequest[]>();
  readonly #historyMs: number;
  #slice: ListedRequest[] = [];
  #sliceEnd = 0;
  #count = 0;
  #sum = 0;
  #failures = 0;

  constructor(historyMs: number) {
    this.#historyMs = historyMs;
  }

  /** Whether there was any request yet. */
  get isUsed(): boolean {
    return this.#count > 0 || this.#running.size > 0;
  }

  /** How many have failed. */
  get failures(): number {
    return this.#failures;
  }

  begin(request: object): void {
    this.#running.set(request, performance.now());
  }

  withdraw(request: object): void {
    this.#running.delete(request);
  }

  end(request: object | undefined, ended: EndedRequest, traceId: () => string | undefined): void {
    if (request !== undefined) this.#running.delete(request);
    const { status, seconds, outcome } = ended;
    this.#classes[Math.min(Math.floor(status / 100), CLASSES.length - 1)]! += 1;
    this.#count += 1;
    this.#sum += seconds;
    this.#buckets[bucketOf(seconds) - FIRST]! += 1;
    const isFailed = FAILED.has(outcome);
    const now = Date.now();
    const isSlow = this.#isSlow(seconds, now);
    if (!isFailed && !isSlow) return;
    const listed = { ...ended, time: now, traceId: traceId() };
    if (isSlow) this.#addSlow(listed);
    if (!isFailed) return;
    this.#failures += 1;
    this.#failed.push(listed);
    if (this.#failed.length > LISTED) this.#failed.shift();
  }

  /** Takes what is counted so far into a sample of the history. */
  sample(requests: NumbersHistory, duration: DistributionHistory, running: NumbersHistory): void {
    CLASSES.forEach((name, i) => {
      const count = this.#classes[i]!;
      // So that the chart begins with zero, there is one line also before the first request.
      if (count > 0 || name === "2xx") requests.readNamed("status", name, count);
    });
    const counts = new Map<number, number>();
    this.#buckets.forEach((count, i) => {
      if (count > 0) counts.set(i + FIRST, count);
    });
    duration.readCounts(counts, this.#count, this.#sum);
    running.readNamed("requests", "in flight", this.#running.size);
    running.readNamed("requests", "oldest", this.#oldestSeconds());
  }

  /** The requests that failed, the newest first, and the slowest ones. */
  lists(): { readonly failed: readonly ListedRequest[]; readonly slow: readonly ListedRequest[] } {
    const oldest = Date.now() - this.#historyMs;
    const slow = [...this.#slices.values()]
      .flat()
      .filter(({ time }) => time >= oldest)
      .sort((a, b) => b.seconds - a.seconds);
    return { failed: this.#failed.toReversed(), slow: slow.slice(0, LISTED) };
  }

  /** Requests begin in order, so the first one that still runs is the oldest. */
  #oldestSeconds(): number {
    const [first] = this.#running.values();
    return first === undefined ? 0 : (performance.now() - first) / 1000;
  }

  #isSlow(seconds: number, now: number): boolean {
    if (now >= this.#sliceEnd) this.#nextSlice(now);
    return this.#slice.length < SLOWEST_IN_SLICE || seconds > this.#slice.at(-1)!.seconds;
  }

  #addSlow(listed: ListedRequest): void {
    const slice = this.#slice;
    const place = slice.findIndex(({ seconds }) => seconds < listed.seconds);
    slice.splice(place < 0 ? slice.length : place, 0, listed);
    if (slice.length > SLOWEST_IN_SLICE) slice.pop();
  }

  #nextSlice(now: number): void {
    this.#slice = [];
    this.#sliceEnd = now + SLICE_MS;
    this.#slices.set(this.#sliceEnd, this.#slice);
    for (const end of this.#slices.keys()) {
      if (end < now - this.#historyMs) this.#slices.delete(end);
    }
  }
}

function bucketOf(seconds: number): number {
  if (!(seconds > 0)) return FIRST;
  return Math.min(Math.max(Math.ceil(Math.log2(seconds) * PER_OCTAVE), FIRST), LAST);
}
