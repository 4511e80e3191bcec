import type {
  CompositeHistogram,
  CompositeSummary,
  CompositeValue,
  CumulativeBucket,
} from "../../model/metric-family.ts";
import type { NativeBuckets } from "../../model/sample-sink.ts";
import type { LineReader } from "./line-reader.ts";

/** Reads a histogram or summary on one line, as OpenMetrics 2.0 writes them: `{count:…,sum:…,…}`. */
export function readComposite(line: LineReader): CompositeValue {
  line.expect("{", "a composite value is not in braces");
  const first = readKey(line);
  const gauge = first === "gcount";
  if (!gauge && first !== "count") line.fail("a composite value does not begin with a count");
  const count = line.number("the count");
  expectKey(line, gauge ? "gsum" : "sum");
  const sum = line.number("the sum");
  const key = nextKey(line);
  const value: CompositeValue =
    key === "quantile" && !gauge
      ? { type: "summary", count, sum, quantiles: readQuantiles(line) }
      : { type: gauge ? "gaugehistogram" : "histogram", count, sum, ...readBuckets(line, key) };
  line.expect("}", "a composite value goes on where it should end");
  const fault = value.type === "summary" ? faultOfSummary(value) : faultOfHistogram(value);
  return fault === undefined ? value : line.fail(fault);
}

/** Reads native buckets, classic ones or both. */
function readBuckets(
  line: LineReader,
  first: string | undefined,
): Pick<CompositeHistogram, "buckets" | "native"> {
  if (first === "bucket") return { buckets: readClassic(line), native: undefined };
  if (first !== "schema") line.fail("after the sum there are neither buckets nor quantiles");
  const schema = line.integer("the schema");
  expectKey(line, "zero_threshold");
  const zeroThreshold = line.number("the zero threshold");
  expectKey(line, "zero_count");
  const zeroCount = line.number("the zero count");
  let key = nextKey(line);
  let negative = NO_BUCKETS;
  let positive = NO_BUCKETS;
  if (key === "negative_spans") {
    negative = readNative(line, "negative_buckets");
    key = nextKey(line);
  }
  if (key === "positive_spans") {
    positive = readNative(line, "positive_buckets");
    key = nextKey(line);
  }
  if (key !== undefined && key !== "bucket") line.fail(`the field ${key} is not due where it is`);
  const buckets = key === undefined ? [] : readClassic(line);
  return { buckets, native: { schema, zeroThreshold, zeroCount, negative, positive } };
}

const NO_BUCKETS: NativeBuckets = { spans: [], counts: [] };

function readNative(line: LineReader, countsKey: string): NativeBuckets {
  const spans = readList(line, () => {
    const offset = line.integer("a span's offset");
    line.expect(":", "a span has no length");
    return { offset, length: line.integer("a span's length") };
  });
  expectKey(line, countsKey);
  const counts = readList(line, () => line.number("a bucket's count"));
  let length = 0;
  for (const [i, span] of spans.entries()) {
    if (span.length < 0 || (i > 0 && span.offset < 0)) line.fail("a span goes back");
    length += span.length;
  }
  if (length !== counts.length) line.fail("the spans do not cover the list of counts");
  return { spans, counts };
}

function readClassic(line: LineReader): CumulativeBucket[] {
  const buckets = readPairs(line, "a bucket");
  if (buckets.length === 0) line.fail("there is no bucket +Inf");
  return buckets.map(([bound, count]) => ({ bound, count }));
}

function readQuantiles(line: LineReader): CompositeSummary["quantiles"] {
  return readPairs(line, "a quantile").map(([quantile, value]) => ({ quantile, value }));
}

function readPairs(line: LineReader, what: string): [number, number][] {
  return readList(line, () => {
    const key = line.number(what);
    line.expect(":", `${what} has no value`);
    return [key, line.number(`the value of ${what}`)];
  });
}

function readList<T>(line: LineReader, readItem: () => T): T[] {
  line.expect("[", "a list does not begin with a bracket");
  const items: T[] = [];
  if (line.take("]")) return items;
  do items.push(readItem());
  while (line.take(","));
  line.expect("]", "a list does not end in a bracket");
  return items;
}

function readKey(line: LineReader): string {
  const key = line.labelName();
  line.expect(":", "a field of a composite value has no colon");
  return key;
}

function nextKey(line: LineReader): string | undefined {
  return line.take(",") ? readKey(line) : undefined;
}

function expectKey(line: LineReader, key: string): void {
  if (nextKey(line) !== key) line.fail(`the field ${key} is not where it is due`);
}

function faultOfHistogram({ type, count, buckets, native }: CompositeHistogram) {
  const gauge = type === "gaugehistogram";
  const counts: (readonly number[])[] = [[count], buckets.map((bucket) => bucket.count)];
  if (native !== undefined) {
    const { schema, zeroThreshold, zeroCount, negative, positive } = native;
    if (schema < -4 || schema > 8) return "the schema is not one of -4 to 8";
    if (!(zeroThreshold >= 0 && Number.isFinite(zeroThreshold))) {
      return "the zero threshold is negative or not finite";
    }
    counts.push([zeroCount], negative.counts, positive.counts);
  }
  for (const value of counts.flat()) {
    if (Number.isNaN(value)) return "a count is NaN";
    if (value < 0 && !gauge) return "a count is negative";
  }
  return buckets.length > 0 ? faultOfBuckets(buckets, count, gauge) : undefined;
}

/** What is wrong with classic buckets, if anything; the counts of a gauge histogram may be negative. */
export function faultOfBuckets(
  buckets: readonly CumulativeBucket[],
  count: number | undefined,
  gauge: boolean,
): string | undefined {
  const last = buckets.at(-1);
  if (last?.bound !== Number.POSITIVE_INFINITY) return "the last bucket is not that of +Inf";
  for (let i = 1; i < buckets.length; i += 1) {
    const [lower, upper] = [buckets[i - 1]!, buckets[i]!];
    if (!(upper.bound > lower.bound)) return "the buckets do not ascend";
    if (upper.count < lower.count && !gauge) return "a bucket counts less than a lower one";
  }
  if (count !== undefined && count !== last.count) return "the count is not that of bucket +Inf";
  return undefined;
}

function faultOfSummary({ count, sum, quantiles }: CompositeSummary): string | undefined {
  if (!(Number.isInteger(count) && count >= 0)) return "the count is not whole, or negative";
  if (!(sum >= 0)) return "the sum is negative or NaN";
  let last = -1;
  for (const { quantile, value } of quantiles) {
    if (!(quantile >= 0 && quantile <= 1)) return "a quantile is not between 0 and 1";
    if (quantile <= last) return "the quantiles do not ascend";
    if (value < 0) return "a quantile's value is negative";
    last = quantile;
  }
  return undefined;
}
