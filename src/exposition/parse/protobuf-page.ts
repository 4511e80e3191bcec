import { invalidPage } from "../../errors.ts";
import type { MetricType } from "../../model/family.ts";
import type {
  CompositeHistogram,
  CompositeValue,
  CumulativeBucket,
} from "../../model/metric-family.ts";
import type { Exemplar, NativeBuckets } from "../../model/sample-sink.ts";
import type { ParsedLabels } from "./labels.ts";
import { type ParsedFamily, withoutSuffix } from "./parsed-family.ts";
import { ParsedPage } from "./parsed-page.ts";
import { Message } from "./protobuf-message.ts";
import type { ParsedSample } from "./sample.ts";

/** The types by their numbers, and the field of a metric that has the value. */
const TYPES: readonly (readonly [type: MetricType, field: number])[] = [
  ["counter", 3],
  ["gauge", 2],
  ["summary", 4],
  ["unknown", 5],
  ["histogram", 7],
  ["gaugehistogram", 7],
];

/**
 * Parses a page in the protobuf format of Prometheus: messages MetricFamily of io.prometheus.client, each
 * with its length before it. Fields have the numbers of the Go client's metrics.proto.
 *
 * @throws NarthexError `NARTHEX_PAGE_INVALID`
 */
export function parseProtobuf(body: Uint8Array): ParsedPage {
  const families: ParsedFamily[] = [];
  for (const message of Message.delimitedIn(body)) families.push(familyOf(message));
  return new ParsedPage(families);
}

function familyOf(message: Message): ParsedFamily {
  const pageName = message.text(1);
  const known = TYPES[message.number(3) ?? 0];
  if (pageName === "" || known === undefined) {
    const what = pageName === "" ? "it has no name" : `there is no type ${message.number(3)}`;
    throw invalidPage(`metric family ${JSON.stringify(pageName)}`, what);
  }
  const [type, field] = known;
  const unit = message.text(5);
  return {
    ...withoutSuffix(pageName, type),
    type,
    help: message.text(2),
    ...(unit === "" ? {} : { unit }),
    samples: message.messages(4).map((metric, i) => sampleOf(metric, pageName, type, field, i + 1)),
  };
}

function sampleOf(
  metric: Message,
  name: string,
  type: MetricType,
  field: number,
  line: number,
): ParsedSample {
  const value = metric.messages(field)[0] ?? new Message(new Uint8Array());
  const timestampMs = metric.number(6);
  const common = {
    name,
    labels: labelsOf(metric),
    timestamp: timestampMs === undefined ? Number.NaN : timestampMs / 1000,
    line,
  };
  if (type === "histogram" || type === "gaugehistogram") {
    const composite = histogramOf(value, type);
    const exemplars = [
      ...value.messages(3).flatMap((bucket) => bucket.messages(3)),
      ...value.messages(16),
    ].map(exemplarOf);
    return { ...common, value: composite.count, composite, created: timeOf(value, 15), exemplars };
  }
  if (type === "summary") {
    const composite = summaryOf(value);
    return {
      ...common,
      value: composite.count,
      composite,
      created: timeOf(value, 4),
      exemplars: [],
    };
  }
  const isCounter = type === "counter";
  return {
    ...common,
    value: value.number(1) ?? 0,
    composite: undefined,
    created: isCounter ? timeOf(value, 3) : Number.NaN,
    exemplars: isCounter ? value.messages(2).map(exemplarOf) : [],
  };
}

function labelsOf(message: Message): ParsedLabels {
  const labels: Record<string, string> = Object.create(null);
  for (const pair of message.messages(1)) labels[pair.text(1)] = pair.text(2);
  return labels;
}

function histogramOf(value: Message, type: CompositeHistogram["type"]): CompositeHistogram {
  const count = value.number(4) ?? value.number(1) ?? 0;
  const buckets = value.messages(3).map((bucket): CumulativeBucket => {
    const bound = bucket.number(2) ?? 0;
    return { bound, count: bucket.number(4) ?? bucket.number(1) ?? 0 };
  });
  const last = buckets.at(-1);
  if (last !== undefined && last.bound !== Number.POSITIVE_INFINITY) {
    buckets.push({ bound: Number.POSITIVE_INFINITY, count });
  }
  const schema = value.signed(5)[0];
  const native =
    schema === undefined
      ? undefined
      : {
          schema,
          zeroThreshold: value.number(6) ?? 0,
          zeroCount: value.number(8) ?? value.number(7) ?? 0,
          negative: nativeBuckets(value, 9),
          positive: nativeBuckets(value, 12),
        };
  return { type, count, sum: value.number(2) ?? Number.NaN, buckets, native };
}

/** The spans have this field; then follow the differences of counts, and the counts of float histograms. */
function nativeBuckets(value: Message, field: number): NativeBuckets {
  const spans = value.messages(field).map((span) => ({
    offset: span.signed(1)[0] ?? 0,
    length: span.number(2) ?? 0,
  }));
  const floats = value.doubles(field + 2);
  let count = 0;
  const counts = value.signed(field + 1).map((delta) => {
    count += delta;
    return count;
  });
  return { spans, counts: floats.length > 0 ? floats : counts };
}

function summaryOf(value: Message): CompositeValue & { readonly type: "summary" } {
  const quantiles = value.messages(3).map((quantile) => ({
    quantile: quantile.number(1) ?? 0,
    value: quantile.number(2) ?? 0,
  }));
  const sum = value.number(2) ?? Number.NaN;
  return { type: "summary", count: value.number(1) ?? 0, sum, quantiles };
}

function exemplarOf(message: Message): Exemplar {
  return {
    labels: labelsOf(message),
    value: message.number(2) ?? 0,
    timestamp: timeOf(message, 3),
  };
}

/** A time in seconds since the epoch; NaN where there is none. */
function timeOf(message: Message, field: number): number {
  const [time] = message.messages(field);
  return time === undefined ? Number.NaN : (time.number(1) ?? 0) + (time.number(2) ?? 0) / 1e9;
}
