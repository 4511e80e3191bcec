import { render } from "../exposition/render.ts";
import { PageMaker } from "../registry/page/expose.ts";
import type { RegistryParts } from "../registry/parts.ts";
import type { History } from "./history/history.ts";
import { HistorySink } from "./history/sink.ts";
import { FINE_MS } from "./history/timeline.ts";
import type { ObjectiveTracks } from "./objectives.ts";
import { ProcessReadings } from "./process-readings.ts";
import type { RequestLog } from "./requests.ts";

/** Families with more series are read for the coarse rows alone. */
const MANY_SERIES = 500;

/** How long after its last request somebody still looks at the page. */
const LOOKING_MS = 10_000;

/** How often callbacks are called while somebody looks, in samples. */
const CALLED_EACH = 5;

const RUNTIME = /^(process|nodejs)_/;

/** How long callbacks may take: a sample that is late is no loss. */
const DEADLINE_MS = 2000;

/**
 * Fills a history, once a second. Callbacks and registered sources are called only while somebody looks,
 * because a callback may be a query to a database.
 */
export class Sampler {
  readonly #parts: RegistryParts;
  readonly #pages: PageMaker;
  readonly #history: History;
  readonly #requests: RequestLog;
  readonly #objectives: ObjectiveTracks;
  readonly #process = new ProcessReadings();
  #timer: ReturnType<typeof setInterval> | undefined;
  #isBusy = false;
  #samples = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #expectedAt = Number.NaN;
  #whole: Promise<void> | undefined;

  constructor(
    parts: RegistryParts,
    history: History,
    requests: RequestLog,
    objectives: ObjectiveTracks,
  ) {
    this.#parts = parts;
    this.#pages = new PageMaker(parts);
    this.#history = history;
    this.#requests = requests;
    this.#objectives = objectives;
  }

  start(): void {
    this.#timer = setInterval(() => void this.tick(), FINE_MS);
    // The timer must not keep the process alive; on runtimes other than Node it is a number.
    if (typeof this.#timer === "object") this.#timer.unref();
    void this.tick();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Somebody looks. Resolves once all families have been read while somebody did. */
  async look(): Promise<void> {
    const now = performance.now();
    const hasLooked = now - this.#lookedAt < LOOKING_MS;
    this.#lookedAt = now;
    if (!hasLooked) this.#whole = undefined;
    this.#whole ??= this.#firstLook();
    await this.#whole;
  }

  /** Takes one sample; it never rejects. */
  async tick(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const now = performance.now();
      const lag = Number.isNaN(this.#expectedAt) ? 0 : Math.max(0, now - this.#expectedAt);
      this.#expectedAt = now + FINE_MS;
      const isLooking = now - this.#lookedAt < LOOKING_MS;
      const isCallTime = this.#samples % CALLED_EACH === 0;
      if (isLooking && isCallTime) await this.#readAll();
      else {
        await this.#readOwn();
        if (isCallTime) await this.#readRuntime();
      }
      if (isCallTime) this.#objectives.sample();
      this.#samples += 1;
      const { overview } = this.#history;
      this.#requests.sample(overview.requests, overview.duration, overview.running);
      this.#process.sample(overview, lag / 1000);
      this.#history.push(Date.now());
    } catch {
      // What fails is told of where scrapes meet it; the next sample is a second away.
    } finally {
      this.#isBusy = false;
    }
  }

  async #firstLook(): Promise<void> {
    this.#samples = 0;
    await this.tick();
  }

  async #readAll(): Promise<void> {
    this.#history.keepOnly((await this.#fill()).read);
  }

  /** Reads what `collectRuntime` collects, whose callbacks are cheap. */
  async #readRuntime(): Promise<void> {
    const names = Array.from(this.#parts.families)
      .filter(({ reader, family }) => reader !== undefined && RUNTIME.test(family.name))
      .map(({ family }) => family.name);
    if (names.length > 0) await this.#fill(names);
  }

  async #fill(names?: readonly string[]): Promise<HistorySink> {
    const sink = new HistorySink(this.#history, Date.now());
    await this.#pages.fill(sink, { names, deadlineMs: DEADLINE_MS });
    return sink;
  }

  /** Reads what no callback gives: the values of those are as old as the last call. */
  async #readOwn(): Promise<void> {
    const { families, own } = this.#parts;
    const isForAll = this.#history.timeline.isCoarseNext;
    const sources = [
      ...Array.from(families).filter(({ reader }) => reader === undefined),
      ...own.instruments,
    ].filter(({ table }) => isForAll || table.size <= MANY_SERIES);
    const exemplarsAt = isForAll ? Date.now() : undefined;
    await render(sources, new HistorySink(this.#history, exemplarsAt));
  }
}
