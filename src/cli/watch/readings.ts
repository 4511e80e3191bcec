import type { ParsedPage } from "../../exposition/parse/parsed-page.ts";
import { DistributionHistory } from "../../live/history/distribution.ts";
import { type Merged, merge, quantile } from "../../live/history/quantiles.ts";
import { type Point, ROWS } from "../../live/history/timeline.ts";
import { Track } from "../../live/history/track.ts";
import { type Unit, unitOf } from "../../live/values.ts";
import { exposedName, type Family } from "../../model/family.ts";
import type {
  HistogramValue,
  SampleSink,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../../model/sample-sink.ts";

/** Of how many series there is a history; one of a histogram takes some 20 kilobytes. */
const MAX_SERIES = 2000;

/** A quantile of few observations jumps, so each is of the last readings together. */
const QUANTILE_READINGS = 10;

const QUANTILES = [0.5, 0.95, 0.99] as const;

/** The median, and what one in twenty and one in a hundred are above. */
export type Quantiles = readonly (number | null)[];

/** The recent past of a series, or of all series of a family together. */
export class Line {
  /** The labels of a series; empty for all series together. */
  readonly name: string;
  readonly #track: Track;
  readonly #distribution: DistributionHistory | undefined;
  #quantiles: Quantiles | undefined;
  unread = 0;
  #isRead = false;

  /** @param born when it began with zero; undefined where that is not known */
  constructor(name: string, type: Family["type"], born: number | undefined) {
    this.name = name;
    const isRate = type === "counter" || type === "summary";
    this.#track = new Track(isRate ? "rate" : "value", [], born);
    const isDistribution = type === "histogram" || type === "gaugehistogram";
    this.#distribution = isDistribution ? new DistributionHistory() : undefined;
  }

  add(value: number): void {
    this.#track.add(value);
    this.#isRead = true;
  }

  addHistogram(value: HistogramValue): void {
    this.#distribution?.read(value);
    this.#isRead = true;
  }

  setQuantiles(value: SummaryValue): void {
    this.#quantiles = QUANTILES.map((wanted) => {
      const place = value.quantiles.indexOf(wanted);
      const known = place < 0 ? Number.NaN : value.quantile(place);
      return Number.isNaN(known) ? null : known;
    });
  }

  push(row: number, time: number): void {
    const rows = { fine: row, coarse: undefined };
    this.#track.push(rows, time);
    this.#distribution?.push(rows, time, time);
    this.unread = this.#isRead ? 0 : this.unread + 1;
    this.#isRead = false;
  }

  /** Values, or rates per second, in the order of time. */
  past(points: readonly Point[]): (number | null)[] {
    if (this.#distribution === undefined) return this.#track.at(points);
    return this.#distribution.at(points).rows.map((row) => row && row.count / row.seconds);
  }

  /** Undefined where there can be none. */
  quantiles(points: readonly Point[]): Quantiles | undefined {
    if (this.#distribution === undefined) return this.#quantiles;
    const merged = this.#merged(points.slice(-QUANTILE_READINGS));
    return QUANTILES.map((q) => quantile(merged, q));
  }

  #merged(points: readonly Point[]): Merged {
    const { rows, bounds } = this.#distribution!.at(points);
    return merge(rows, bounds);
  }
}

/** What was read of a metric family. */
export class WatchedFamily {
  /** As on the page. */
  readonly name: string;
  readonly family: Family;
  /** In what its values, or its observations, are counted. */
  readonly unit: Unit;
  readonly whole: Line;
  readonly series = new Map<string, Line>();
  /** How many series the last page had, with those that have no line. */
  size = 0;

  constructor(family: Family) {
    this.family = { ...family };
    this.name = exposedName(family);
    this.unit = unitOf(family);
    this.whole = new Line("", family.type, undefined);
  }

  /** In what the column of current values is counted: distributions have their rate there. */
  get valueUnit(): Unit {
    const { type } = this.family;
    return type === "histogram" || type === "summary" ? "per second" : this.unit;
  }

  get hasQuantiles(): boolean {
    return ["histogram", "gaugehistogram", "summary"].includes(this.family.type);
  }

  /** Whether its values are facts, which say nothing when they are added up. */
  get isFacts(): boolean {
    return this.family.type === "info" || this.family.type === "stateset";
  }
}

/** The families of a page that is read again and again, and their recent past. */
export class Readings implements SampleSink {
  readonly families = new Map<string, WatchedFamily>();
  #count = 0;
  #lines = 0;
  #lastTime: number | undefined;
  #family: WatchedFamily | undefined;

  /** Takes a page that was read at a time, in milliseconds. */
  take(page: ParsedPage, time: number): void {
    for (const family of this.families.values()) family.size = 0;
    for (const _ of page.visit(this));
    this.#push(time);
    this.#lastTime = time;
    for (const [name, family] of this.families) if (family.size === 0) this.families.delete(name);
  }

  /** There was no page. */
  miss(time: number): void {
    this.#push(time);
  }

  /** The last readings, of which at most this many. */
  points(most: number): Point[] {
    const length = Math.min(most, this.#count, ROWS);
    return Array.from({ length }, (_, i) => {
      return { time: 0, resolution: "fine", row: (this.#count - length + i) % ROWS };
    });
  }

  family(family: Family): void {
    const known = this.families.get(family.name);
    this.#family = known?.family.type === family.type ? known : new WatchedFamily(family);
    this.families.set(family.name, this.#family);
  }

  counter(head: SeriesHead, value: number): void {
    this.#number(head, value);
  }

  gauge(head: SeriesHead, value: number): void {
    this.#number(head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.#number(head, value);
  }

  info(head: SeriesHead): void {
    this.#number(head, 1);
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    this.#family!.whole.addHistogram(value);
    this.#line(textOf(head))?.addHistogram(value);
    this.#family!.size += 1;
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    this.#number(head, value.count ?? Number.NaN);
    this.#line(textOf(head))?.setQuantiles(value);
    // Quantiles of several series can't be put together.
    if (this.#family!.size === 1) this.#family!.whole.setQuantiles(value);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    value.states.forEach((state, i) => {
      this.#line(`${textOf(head)} ${state}`.trim())?.add(value.isSet(i) ? 1 : 0);
    });
    this.#family!.size += 1;
  }

  #number(head: SeriesHead, value: number): void {
    this.#family!.whole.add(value);
    this.#line(textOf(head))?.add(value);
    this.#family!.size += 1;
  }

  #line(name: string): Line | undefined {
    const { series, family } = this.#family!;
    let line = series.get(name);
    if (line === undefined && this.#lines < MAX_SERIES) {
      line = new Line(name, family.type, this.#lastTime);
      series.set(name, line);
      this.#lines += 1;
    }
    return line;
  }

  #push(time: number): void {
    const row = this.#count % ROWS;
    this.#lines = 0;
    for (const { whole, series } of this.families.values()) {
      whole.push(row, time);
      for (const [name, line] of series) {
        line.push(row, time);
        if (line.unread >= ROWS) series.delete(name);
      }
      this.#lines += series.size;
    }
    this.#count += 1;
  }
}

function textOf({ labelNames, labelValues }: SeriesHead): string {
  const values = labelValues;
  return labelNames.map((name, i) => `${name}=${JSON.stringify(values[i])}`).join(" ");
}
