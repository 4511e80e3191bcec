import { formatBound } from "../bound.ts";
import { parseNumber } from "./number.ts";
import type { OpenMetricsFamily } from "./openmetrics-family.ts";
import type { ParsedSample } from "./parsed-family.ts";

/** What only counts up. */
const COUNTING = ["_total", "_sum", "_count", "_bucket", "_gcount"];
const WHOLE = ["_count", "_bucket", "_gcount"];

/** What is wrong with a sample of OpenMetrics 1.0, taken by itself; undefined where nothing is. */
export function faultOfSample(family: OpenMetricsFamily, sample: ParsedSample): string | undefined {
  const suffix = sample.name.slice(family.name.length);
  return (
    faultOfLabels(family, suffix, sample) ??
    faultOfValue(family, suffix, sample.value) ??
    (sample.exemplars.length > 0 && suffix !== "_total" && suffix !== "_bucket"
      ? "only counters and buckets have exemplars"
      : undefined)
  );
}

function faultOfLabels(
  { name, type }: OpenMetricsFamily,
  suffix: string,
  { labels }: ParsedSample,
): string | undefined {
  if (type === "stateset" && !(name in labels)) return "a sample of a state set names no state";
  if (suffix === "_bucket") {
    const bound = parseNumber(labels.le ?? "") ?? Number.NaN;
    if (Number.isNaN(bound)) return "the label le is missing, or not a number";
    // Bounds may be written in many ways, but infinity only in one.
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
  value: number,
): string | undefined {
  const counts = COUNTING.includes(suffix);
  if (Number.isNaN(value) && (counts || suffix === "_gsum")) return "a count or sum is NaN";
  if (value < 0 && counts) return "a count or sum is negative";
  if (!Number.isInteger(value) && WHOLE.includes(suffix)) return "a count is not whole";
  if (value < 0 && type === "summary" && suffix === "") return "a quantile's value is negative";
  if (value !== 1 && type === "info") return "an info's value is not 1";
  if (value !== 0 && value !== 1 && type === "stateset") return "a state's value is not 0 or 1";
  return undefined;
}
