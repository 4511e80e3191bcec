import { bytesTag, doubleTag, varintTag } from "./protobuf-writer.ts";

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

export const LABEL_PAIR = { name: bytesTag(1), value: bytesTag(2) };

/** Of gauge and untyped, too, which have only the value. */
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

export const EXEMPLAR = { label: bytesTag(1), value: doubleTag(2), timestamp: bytesTag(3) };

export const TIMESTAMP = { seconds: varintTag(1), nanos: varintTag(2) };
