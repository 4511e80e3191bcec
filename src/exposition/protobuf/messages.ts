import { type EscapingScheme, escapeLabelName } from "../../model/escaping.ts";
import type { Exemplar } from "../../model/sample-sink.ts";
import { bytesTag, doubleTag, type ProtobufBytes, varintTag } from "./bytes.ts";

/** The fields of io.prometheus.client, as the Go client's metrics.proto numbers them. */
export const METRIC_FAMILY = {
  name: bytesTag(1),
  help: bytesTag(2),
  type: varintTag(3),
  metric: bytesTag(4),
  unit: bytesTag(5),
};

export const METRIC = {
  label: bytesTag(1),
  gauge: bytesTag(2),
  counter: bytesTag(3),
  summary: bytesTag(4),
  untyped: bytesTag(5),
  timestampMs: varintTag(6),
  histogram: bytesTag(7),
};

const LABEL_PAIR = { name: bytesTag(1), value: bytesTag(2) };

/** The fields of a counter. Gauge and untyped have the same value, and nothing else. */
export const COUNTER = { value: doubleTag(1), exemplar: bytesTag(2), created: bytesTag(3) };

export const SUMMARY = {
  count: varintTag(1),
  sum: doubleTag(2),
  quantile: bytesTag(3),
  created: bytesTag(4),
};

export const QUANTILE = { quantile: doubleTag(1), value: doubleTag(2) };

export const HISTOGRAM = {
  count: varintTag(1),
  sum: doubleTag(2),
  bucket: bytesTag(3),
  countFloat: doubleTag(4),
  schema: varintTag(5),
  zeroThreshold: doubleTag(6),
  zeroCount: varintTag(7),
  zeroCountFloat: doubleTag(8),
  negativeSpan: bytesTag(9),
  negativeDelta: varintTag(10),
  negativeCount: doubleTag(11),
  positiveSpan: bytesTag(12),
  positiveDelta: varintTag(13),
  positiveCount: doubleTag(14),
  created: bytesTag(15),
  exemplars: bytesTag(16),
};

export const BUCKET = {
  cumulativeCount: varintTag(1),
  upperBound: doubleTag(2),
  exemplar: bytesTag(3),
  cumulativeCountFloat: doubleTag(4),
};

export const BUCKET_SPAN = { offset: varintTag(1), length: varintTag(2) };

const EXEMPLAR = { label: bytesTag(1), value: doubleTag(2), timestamp: bytesTag(3) };

const TIMESTAMP = { seconds: varintTag(1), nanos: varintTag(2) };

export function writeExemplar(
  out: ProtobufBytes,
  tag: number,
  exemplar: Exemplar,
  scheme: EscapingScheme,
): void {
  const begin = out.open(tag);
  for (const name of Object.keys(exemplar.labels)) {
    writeLabelPair(out, EXEMPLAR.label, escapeLabelName(name, scheme), exemplar.labels[name]!);
  }
  out.double(EXEMPLAR.value, exemplar.value);
  writeTimestamp(out, EXEMPLAR.timestamp, exemplar.timestamp);
  out.close(begin);
}

export function writeLabelPair(out: ProtobufBytes, tag: number, name: string, value: string): void {
  const begin = out.open(tag);
  out.string(LABEL_PAIR.name, name);
  out.string(LABEL_PAIR.value, value);
  out.close(begin);
}

/** Seconds since the epoch as a Timestamp; none where they are not known. */
export function writeTimestamp(out: ProtobufBytes, tag: number, seconds: number): void {
  let whole = Math.floor(seconds);
  if (!Number.isSafeInteger(whole)) return;
  // A double has no more than microseconds here, and Prometheus cuts off below the millisecond:
  // .123 must not become .122999907.
  let micros = Math.round((seconds - whole) * 1e6);
  if (micros === 1e6) {
    whole += 1;
    micros = 0;
  }
  const begin = out.open(tag);
  out.int(TIMESTAMP.seconds, whole);
  out.uint(TIMESTAMP.nanos, micros * 1000);
  out.close(begin);
}

/** Counts from here up do not fit a uint64: they are written as doubles, or not at all. */
export const MAX_COUNT = 2 ** 64;

export function isWholeBelow(limit: number, count: number): boolean {
  return count >= 0 && count < limit && Math.floor(count) === count;
}
