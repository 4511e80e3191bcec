import type { MetricType } from "../../model/family.ts";
import { labelsKey, ownLabel } from "./labels.ts";
import { parseNumber } from "./line-reader.ts";
import { type ParsedFamily, withTypeOfValues } from "./parsed-family.ts";
import type { ParsedSample } from "./sample.ts";

/** A family that a sink can be told of. */
export interface ExposableFamily extends ParsedFamily {
  /** When its series began, by their labels, in seconds since the epoch. */
  readonly starts?: ReadonlyMap<string, number>;
}

const SUFFIXES = ["_bucket", "_count", "_sum"];
const WITH_START: readonly MetricType[] = ["counter", "histogram", "summary"];
const CREATED = "_created";

/**
 * The families of a page so that every sample comes out again in every format. A text page may have
 * histograms and summaries that lack a part or have one too many: their samples then are families of
 * unknown type. A counter is bare where its name without `_total` is that of another family.
 *
 * @param hasLines whether a summary may lack its count or its sum
 */
export function* exposable(
  families: readonly ParsedFamily[],
  hasLines: boolean,
): Generator<ExposableFamily> {
  const typed = families.flatMap((family) => {
    const known = withTypeOfValues(family);
    return isExact(known, hasLines) ? [known] : inParts(known);
  });
  const byName = new Map(typed.map((family) => [nameOnPage(family), family]));
  for (const family of typed) {
    const starts = startsOf(family, byName.get(family.name + CREATED));
    if (starts !== undefined) yield { ...family, createdSamples: true, starts };
    else if (family.type === "counter" && !family.bare && byName.has(family.name)) {
      yield { ...family, name: nameOnPage(family), bare: true };
    } else yield family;
  }
}

function nameOnPage({ name, type, bare }: ParsedFamily): string {
  return type === "counter" && !bare ? `${name}_total` : name;
}

/** A family of unknown type for each name that the samples have. */
function inParts({ name, help, samples }: ParsedFamily): ParsedFamily[] {
  const names = [name, ...SUFFIXES.map((suffix) => name + suffix)];
  return names.flatMap((part): ParsedFamily[] => {
    const own = samples.filter((sample) => sample.name === part);
    return own.length === 0 ? [] : [{ name: part, help, type: "unknown", samples: own }];
  });
}

/** Whether the values that the model makes of the samples have these samples, and no others. */
function isExact(family: ParsedFamily, hasLines: boolean): boolean {
  const { type, samples } = family;
  if ((type !== "histogram" && type !== "summary") || samples[0]?.composite !== undefined) {
    return true;
  }
  const groups = new Map<string, Parts>();
  for (const sample of samples) {
    const own = ownLabel(family, sample.name);
    const key = `${sample.timestamp} ${labelsKey(sample.labels, own)}`;
    const parts: Parts = groups.get(key) ?? { own: new Map(), count: undefined, sum: undefined };
    groups.set(key, parts);
    if (!place(family, sample, own, parts)) return false;
  }
  const isWhole = type === "histogram" ? isWholeHistogram : hasLines ? () => true : isWholeSummary;
  for (const parts of groups.values()) if (!isWhole(parts)) return false;
  return true;
}

/** The samples of one series at one time. */
interface Parts {
  /** The buckets or quantiles. */
  readonly own: Map<number, number>;
  count: number | undefined;
  sum: number | undefined;
}

/** Whether there is a place for the sample; the first of equal ones keeps it. */
function place(
  { name, type }: ParsedFamily,
  sample: ParsedSample,
  own: string | undefined,
  parts: Parts,
): boolean {
  const { labels, value } = sample;
  if (own !== undefined) {
    const key = parseNumber(labels[own] ?? "") ?? Number.NaN;
    if (!parts.own.has(key)) parts.own.set(key, value);
    return !Number.isNaN(key);
  }
  if ((type === "histogram" ? "le" : "quantile") in labels) return false;
  if (sample.name === `${name}_count`) parts.count ??= value;
  else if (sample.name === `${name}_sum`) parts.sum ??= value;
  return sample.name !== name;
}

function isWholeHistogram({ own, count, sum }: Parts): boolean {
  const buckets = [...own].sort(([a], [b]) => a - b);
  const [bound, all] = buckets.at(-1) ?? [];
  if (bound !== Number.POSITIVE_INFINITY || (count ?? all) !== all) return false;
  if ((count === undefined) !== (sum === undefined)) return false;
  return buckets.every(
    ([, value], i) => Number.isSafeInteger(value) && value >= (buckets[i - 1]?.[1] ?? 0),
  );
}

function isWholeSummary({ count, sum }: Parts): boolean {
  return count !== undefined && sum !== undefined && Number.isSafeInteger(count) && count >= 0;
}

/** What the gauge `x_created` says of a family `x`, where it has one start for each of its series. */
function startsOf(
  family: ParsedFamily,
  created: ParsedFamily | undefined,
): ReadonlyMap<string, number> | undefined {
  if (!WITH_START.includes(family.type) || family.bare || created?.type !== "gauge") {
    return undefined;
  }
  const starts = new Map(created.samples.map(({ labels, value }) => [labelsKey(labels), value]));
  const series = new Set(
    family.samples.map(({ name, labels }) => labelsKey(labels, ownLabel(family, name))),
  );
  const isComplete =
    created.samples.every(({ timestamp }) => Number.isNaN(timestamp)) &&
    [...starts].every(([key, start]) => series.has(key) && Number.isFinite(start));
  return isComplete ? starts : undefined;
}
