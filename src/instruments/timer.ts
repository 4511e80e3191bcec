import type { PublicCall } from "../errors.ts";
import type {
  LabelName,
  Labels,
  LabelTypes,
  OtherLabels,
  SomeLabels,
} from "./definition/labels.ts";
import type { UpdateOptions } from "./exemplars.ts";
import { checkWork, runWork, type WorkEnd } from "./work.ts";

/** The timers of a metric with labels. */
export interface LabelledTimers<L extends LabelTypes> {
  /**
   * Starts a timer. Its end observes the seconds since then, and returns them; a gauge is set to them.
   * With `using`, the timer ends with its scope.
   *
   * Labels that are known only at the end are left out here: the end takes them.
   *
   * @throws NarthexError in a strict registry, if the labels are wrong; the end throws if its labels are
   *
   * @example
   * const end = latency.startTimer({ op: "select" });
   * const seconds = end();
   */
  startTimer(labels: Labels<L>): StopTimer;
  /**
   * Starts a timer of which some labels, or all, are known only at the end. Its end takes them, observes
   * the seconds since the start, and returns them; a gauge is set to them. Without its end, nothing is
   * measured.
   *
   * @throws NarthexError in a strict registry, if the labels are wrong; the end throws if its labels are
   *
   * @example
   * const end = jobSeconds.startTimer({ queue: "mail" });
   * end({ outcome: "ok" });
   */
  startTimer<const P extends LabelName<L> = never>(
    labels?: SomeLabels<L, P>,
  ): StopTimerWith<OtherLabels<L, P>>;
  /**
   * Runs `work` once, gives its result, and observes how many seconds it takes, also if it throws; a
   * gauge is set to them. Work that returns a promise takes until that settles, and a generator until it
   * is done.
   *
   * @throws what `work` throws; before it runs, NarthexError in a strict registry, if the labels are wrong
   *
   * @example
   * const rows = await latency.time({ op: "select" }, () => db.query("…"));
   */
  time<T>(labels: Labels<L>, work: () => T): T;
  /**
   * Runs `work` once, gives its result, and observes how many seconds it takes, also if it throws; a
   * gauge is set to them. The labels that are known only at its end are what `rest` returns.
   *
   * @param rest is given `{ value }`, what the work returned or its promise resolved to, or `{ error }`
   * @throws what `work` throws; NarthexError in a strict registry, if labels are wrong, and what `rest`
   * throws, if the work has no error of its own. Otherwise the result is given and nothing measured
   *
   * @example
   * const sent = await jobSeconds.time(
   *   { queue: "mail" },
   *   () => sendMail(),
   *   (end) => ({ outcome: "error" in end ? "failed" : "ok" }),
   * );
   */
  time<T, const P extends LabelName<L> = never>(
    labels: SomeLabels<L, P>,
    work: () => T,
    rest: (end: WorkEnd<Awaited<NoInfer<T>>>) => RestOfLabels<L, NoInfer<P>>,
  ): T;
}

/** The timers of a series. */
export interface SeriesTimers {
  /**
   * Starts a timer. Its end observes the seconds since then, and returns them; a gauge is set to them.
   * With `using`, the timer ends with its scope.
   *
   * @example
   * const selects = latency.labels({ op: "select" });
   * const end = selects.startTimer();
   * const seconds = end();
   */
  startTimer(): StopTimer;
  /**
   * Runs `work` once, gives its result, and observes how many seconds it takes, also if it throws; a
   * gauge is set to them. Work that returns a promise takes until that settles, and a generator until it
   * is done.
   *
   * @throws what `work` throws
   *
   * @example
   * const selects = latency.labels({ op: "select" });
   * const rows = await selects.time(() => db.query("…"));
   */
  time<T>(work: () => T): T;
}

/**
 * Ends a timer: observes the seconds since its start, and returns them; a gauge is set to them. It ignores
 * what it is called with, so it can be the listener of an event. Each call measures from the start.
 *
 * @example
 * {
 *   using timer = latency.startTimer({ op: "select" }); // ends where the scope does
 *   await db.query("…");
 * }
 */
export type StopTimer = (() => number) & EndsWithScope;

/**
 * Ends a timer that was started without these labels: observes the seconds since its start, and returns
 * them; a gauge is set to them.
 *
 * @example
 * const end = jobSeconds.startTimer({ queue: "mail" });
 * end({ outcome: "ok" });
 */
export type StopTimerWith<L extends LabelTypes> = (labels: Labels<L>) => number;

/** The labels that a label set lacks, and none that it has. */
type RestOfLabels<L extends LabelTypes, P extends LabelName<L>> = SomeLabels<
  L,
  Exclude<LabelName<L>, P>
> & {
  readonly [Name in LabelName<L>]?: Name extends P ? never : Labels<L>[Name];
};

/**
 * What a timer has for `using`. It has nothing where TypeScript is not told of `Symbol.dispose`, by
 * `esnext.disposable` in its option `lib` or by the types of Node.js.
 */
type EndsWithScope = SymbolConstructor extends { readonly dispose: infer Key extends symbol }
  ? { readonly [Name in Key]: () => void }
  : unknown;

/** Some runtimes do not have it, nor do the globals of Jest under Node.js 20. */
const HAS_DISPOSE = typeof Symbol.dispose === "symbol";

/** A series that takes durations, in whole nanoseconds. */
interface TimedSeries {
  record(nanoseconds: number, options?: UpdateOptions): void;
}

/** A family whose series take durations. */
interface TimedFamily {
  readonly name: string;
  readonly table: {
    findQuickly(labels: object): number;
    lacksLabels(labels: object): boolean;
    readSome(labels: object, before?: object): object;
  };
  seriesFor(labels: object, call: PublicCall): TimedSeries;
  record(labels: object, nanoseconds: number): void;
  reject(error: unknown, call: PublicCall): void;
}

export function startTimer(series: TimedSeries): StopTimer {
  const start = performance.now();
  let isEnded = false;
  const end = () => {
    isEnded = true;
    const nanoseconds = nanosecondsSince(start);
    series.record(nanoseconds);
    return nanoseconds / 1e9;
  };
  return endsWithScope(end, () => isEnded);
}

/** Lets `using` end a timer that has not been ended before. */
function endsWithScope(
  end: { (): number; [Symbol.dispose]?: () => void },
  isEnded: () => boolean,
): StopTimer {
  if (HAS_DISPOSE) {
    end[Symbol.dispose] = () => {
      if (!isEnded()) end();
    };
  }
  return end as StopTimer;
}

/**
 * Starts a timer of the series with these labels. If some are missing, its end takes them.
 *
 * @param call what the user called
 */
export function startTimerOf(
  family: TimedFamily,
  labels: object,
  call: PublicCall,
): (rest?: object) => number {
  let known: object | undefined;
  try {
    if (family.table.findQuickly(labels) >= 0 || !family.table.lacksLabels(labels)) {
      return startTimer(family.seriesFor(labels, call));
    }
    known = family.table.readSome(labels);
  } catch (error) {
    family.reject(error, call);
  }
  const start = performance.now();
  let isEnded = false;
  function end(rest: object = {}) {
    isEnded = true;
    const nanoseconds = nanosecondsSince(start);
    recordWith(family, known, () => rest, nanoseconds, end);
    return nanoseconds / 1e9;
  }
  // Wrong labels end here, too, and their timer may be one of `using`.
  return endsWithScope(end, () => isEnded);
}

/** Measures how long `work` takes, in seconds, even if it throws or rejects. */
export function time<T>(series: TimedSeries, work: () => T): T {
  const start = performance.now();
  return runWork(work, () => series.record(nanosecondsSince(start)));
}

/**
 * Measures work for the series with these labels, and with those that `rest` returns for its end.
 *
 * @param call what the user called
 */
export function timeOf<T>(
  family: TimedFamily,
  labels: object,
  work: () => T,
  rest: ((end: WorkEnd<never>) => object) | undefined,
  call: PublicCall,
): T {
  checkWork(family.name, call, work);
  if (rest === undefined) return time(family.seriesFor(labels, call), work);
  let known: object | undefined;
  try {
    known = family.table.readSome(labels);
  } catch (error) {
    family.reject(error, call);
  }
  const start = performance.now();
  return runWork(work, (end) => {
    const nanoseconds = nanosecondsSince(start);
    recordWith(family, known, () => rest(end as WorkEnd<never>), nanoseconds, call);
  });
}

/** The whole nanoseconds between two readings of `performance.now()`; 0 if the clock was set back. */
export function nanosecondsBetween(from: number, to: number): number {
  return to > from ? Math.round((to - from) * 1e6) : 0;
}

function nanosecondsSince(start: number): number {
  return nanosecondsBetween(start, performance.now());
}

/** Records a duration that other code of the library has clocked, in a series of a histogram. */
export function recordDuration(series: object, nanoseconds: number, options?: UpdateOptions): void {
  (series as TimedSeries).record(nanoseconds, options);
}

/**
 * Records a duration whose last labels come only now; they replace those from the start.
 *
 * @param known undefined if the labels at the start were wrong, which has been reported
 */
function recordWith(
  family: TimedFamily,
  known: object | undefined,
  rest: () => object,
  nanoseconds: number,
  call: PublicCall,
): void {
  if (known === undefined) return;
  try {
    family.record({ ...known, ...family.table.readSome(rest(), known) }, nanoseconds);
  } catch (error) {
    family.reject(error, call);
  }
}
