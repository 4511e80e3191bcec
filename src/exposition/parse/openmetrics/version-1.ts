import { formatBound } from "../../../model/bound.ts";
import { exposedNames, type MetricType } from "../../../model/family.ts";
import type { CumulativeBucket } from "../../../model/metric-family.ts";
import { faultOfBuckets } from "../composite.ts";
import { labelsKey, ownLabel } from "../labels.ts";
import { type LineReader, parseNumber } from "../line-reader.ts";
import type { ParsedSample } from "../sample.ts";
import {
  faultOfInfoOrState,
  type OpenMetricsFamily,
  type Sequence,
  turnsOfSeries,
  type Version,
} from "./family.ts";

/** Types that have samples of the family's own name. */
const UNSUFFIXED: readonly MetricType[] = ["gauge", "summary", "stateset", "unknown"];

/** Suffixes of samples that only count up. */
const COUNTING = ["_total", "_sum", "_count", "_bucket", "_gcount"];
const WHOLE = ["_count", "_bucket", "_gcount"];
const WITH_EXEMPLARS = ["_total", "_bucket"];

/** OpenMetrics 1.0: the suffix of a sample's name says which part of its family it is. */
export const openMetrics1: Version = {
  number: 1,
  sampleNames(family) {
    const names = exposedNames(family);
    return UNSUFFIXED.includes(family.type) ? names : names.slice(1);
  },
  claimedNames: exposedNames,
  modelName: ({ name }) => ({ name }),
  faultOfMetadata({ name, type, unit }) {
    if (unit === "") return undefined;
    if (!name.endsWith(`_${unit}`)) return "the family's name does not end in its unit";
    return type === "info" || type === "stateset" ? `no ${type} has a unit` : undefined;
  },
  faultOfSample(family, sample) {
    const suffix = sample.name.slice(family.name.length);
    return (
      faultOfInfoOrState(family, sample) ??
      faultOfOwnLabel(family, suffix, sample) ??
      faultOfValue(family, suffix, sample) ??
      (sample.exemplars.length > 0 && !WITH_EXEMPLARS.includes(suffix)
        ? "only counters and buckets have exemplars"
        : undefined)
    );
  },
  newSequence: (family, line) => new TimedSequence(family, line),
};

function faultOfOwnLabel(
  { type }: OpenMetricsFamily,
  suffix: string,
  { labels }: ParsedSample,
): string | undefined {
  if (suffix === "_bucket") {
    const bound = parseNumber(labels.le ?? "") ?? Number.NaN;
    if (Number.isNaN(bound)) return "the label le is missing, or not a number";
    // A finite bound may be written in many ways, an infinite one in one way only.
    if (!Number.isFinite(bound) && labels.le !== formatBound(bound)) {
      return `the label le is not ${formatBound(bound)}`;
    }
  }
  if (type === "summary" && suffix === "") {
    const quantile = parseNumber(labels.quantile ?? "") ?? Number.NaN;
    if (!(quantile >= 0 && quantile <= 1)) return "the label quantile is not from 0 to 1";
  }
  return undefined;
}

function faultOfValue(
  { type }: OpenMetricsFamily,
  suffix: string,
  { value }: ParsedSample,
): string | undefined {
  const counts = COUNTING.includes(suffix);
  if (Number.isNaN(value) && (counts || suffix === "_gsum")) return "a count or sum is NaN";
  if (value < 0 && counts) return "a count or sum is negative";
  if (!Number.isInteger(value) && WHOLE.includes(suffix)) return "a count is not whole";
  if (value < 0 && type === "summary" && suffix === "") return "a quantile's value is negative";
  return undefined;
}

/**
 * A series has several samples at each time, and may be given at several times. Its samples stand
 * together, in order of time.
 */
class TimedSequence implements Sequence {
  readonly #family: OpenMetricsFamily;
  readonly #line: LineReader;
  readonly #series;
  /** In nanoseconds: timestamps that are closer count as one. */
  #time = Number.NaN;
  /** What the current series has at the current time. */
  readonly #samples = new Set<string>();
  #histogram: HistogramPoint | undefined;

  constructor(family: OpenMetricsFamily, line: LineReader) {
    this.#family = family;
    this.#line = line;
    this.#series = turnsOfSeries(line);
  }

  admits(sample: ParsedSample): boolean {
    const { name, labels, timestamp } = sample;
    const own = ownLabel(this.#family, name);
    const time = Math.round(timestamp * 1e9);
    if (this.#series.changesTo(labelsKey(labels, own))) this.#begin(time);
    else if (!Object.is(time, this.#time)) {
      if (Number.isNaN(time) || Number.isNaN(this.#time)) {
        this.#line.fail("some samples of its series have a timestamp, and some have none");
      }
      if (time < this.#time) this.#line.fail("its series goes back in time");
      this.#begin(time);
    }
    const id = own === undefined ? name : `${name} ${labels[own]}`;
    if (this.#samples.has(id)) {
      if (Number.isNaN(time)) this.#line.fail("it is there already");
      return false;
    }
    this.#samples.add(id);
    this.#histogram?.add(sample);
    return true;
  }

  end(): void {
    this.#histogram?.end();
  }

  /** Begins another series, or another time of the same one. */
  #begin(time: number): void {
    this.#time = time;
    this.#samples.clear();
    const { type } = this.#family;
    if (type !== "histogram" && type !== "gaugehistogram") return;
    this.#histogram?.end();
    this.#histogram = new HistogramPoint(this.#family, this.#line);
  }
}

/** The samples of one histogram at one time, which must agree with each other. */
class HistogramPoint {
  readonly #family: OpenMetricsFamily;
  readonly #line: LineReader;
  readonly #buckets: CumulativeBucket[] = [];
  #count: number | undefined;
  #sum: number | undefined;
  #place;

  constructor(family: OpenMetricsFamily, line: LineReader) {
    this.#family = family;
    this.#line = line;
    this.#place = line.place;
  }

  add({ name, labels, value }: ParsedSample): void {
    this.#place = this.#line.place;
    const suffix = name.slice(this.#family.name.length);
    if (suffix === "_bucket") this.#buckets.push({ bound: parseNumber(labels.le!)!, count: value });
    else if (suffix === "_count" || suffix === "_gcount") this.#count = value;
    else if (suffix === "_sum" || suffix === "_gsum") this.#sum = value;
  }

  end(): void {
    const fault = this.#fault();
    if (fault !== undefined) this.#line.fail(fault, this.#place);
  }

  #fault(): string | undefined {
    if ((this.#count === undefined) !== (this.#sum === undefined)) {
      return "its histogram has one of count and sum, and not the other";
    }
    const hasNegative = this.#buckets.some(({ bound }) => bound < 0);
    if (this.#sum !== undefined) {
      const gauge = this.#family.type === "gaugehistogram";
      if (!gauge && hasNegative) return "its histogram has a sum, and buckets below zero";
      if (gauge && !hasNegative && this.#sum < 0) {
        return "its histogram's sum is negative, and no bucket is below zero";
      }
    }
    return faultOfBuckets(this.#buckets, this.#count, false);
  }
}
