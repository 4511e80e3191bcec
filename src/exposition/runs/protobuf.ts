import { sumOf } from "../../model/duration-sum.ts";
import type { SeriesRun } from "../../model/series-run.ts";
import { copyBytes } from "../bytes/growing-bytes.ts";
import { DOUBLE_WIDTH, type ProtobufBytes, writeVarint } from "../protobuf/bytes.ts";
import { BUCKET, HISTOGRAM, METRIC, METRIC_FAMILY, writeTimestamp } from "../protobuf/messages.ts";
import type { KeptChunk } from "./kept-bytes.ts";
import { makeRoom } from "./text.ts";

// The loops that write most of a page in protobuf.

/** Writes a metric for each series up to the slot `to`: what is kept of it, and its number. */
export function writeNumberMetrics(
  out: ProtobufBytes,
  run: SeriesRun,
  to: number,
  kept: KeptChunk,
): number {
  const { chunk, from, at: number } = run;
  const { view: keptView, starts, first } = kept;
  const end = makeRoom(out, run, to, kept, DOUBLE_WIDTH);
  const { view } = out;
  let at = out.end;
  for (let slot = from; slot < end; slot += 1) {
    const start = starts[slot - first]!;
    at = copyBytes(view, at, keptView, start, starts[slot - first + 1]! - start);
    view.setFloat64(at, chunk[number + slot - from]!, true);
    at += DOUBLE_WIDTH;
  }
  out.end = at;
  return end;
}

/** Of a bucket: its tag and length, the tag and varint of its count, the tag and double of its bound. */
const BUCKET_WIDTH = 2 + 11 + 9;
/** Of all else in a metric but its labels: tags, lengths, count, sum and start. */
const METRIC_WIDTH = 128;

/** Writes a metric for each histogram up to the slot `to`. Its counts are whole numbers. */
export function writeHistogramMetrics(
  out: ProtobufBytes,
  run: SeriesRun,
  to: number,
  bounds: readonly number[],
  labels: KeptChunk,
): number {
  const { chunk, from, stride } = run;
  const { view, starts, first } = labels;
  const width = METRIC_WIDTH + bounds.length * BUCKET_WIDTH;
  const end = makeRoom(out, run, to, labels, width);
  // How many bytes the lengths of the last series took: those of the next are mostly alike.
  let metricWidth = 2;
  let histogramWidth = 2;
  let number = run.at;
  for (let slot = from; slot < end; slot += 1, number += stride) {
    const start = starts[slot - first]!;
    let count = 0;
    for (let i = 0; i <= bounds.length; i += 1) count += chunk[number + i]!;
    const metric = out.open(METRIC_FAMILY.metric, metricWidth);
    out.copy(view, start, starts[slot - first + 1]! - start);
    const histogram = out.open(METRIC.histogram, histogramWidth);
    out.uint(HISTOGRAM.count, count);
    const sum = number + bounds.length + 1;
    out.double(HISTOGRAM.sum, sumOf(chunk[sum]!, chunk[sum + 1]!));
    writeBuckets(out, bounds, chunk, number);
    writeTimestamp(out, HISTOGRAM.created, run.createdAt(slot));
    histogramWidth = out.close(histogram, histogramWidth);
    metricWidth = out.close(metric, metricWidth);
  }
  return end;
}

/** Writes the buckets of a histogram but that of +Inf, which servers add by themselves. */
function writeBuckets(
  out: ProtobufBytes,
  bounds: readonly number[],
  chunk: Float64Array,
  number: number,
): void {
  const { bytes, view } = out;
  let at = out.end;
  let cumulative = 0;
  for (let i = 0; i < bounds.length; i += 1) {
    cumulative += chunk[number + i]!;
    bytes[at] = HISTOGRAM.bucket;
    bytes[at + 2] = BUCKET.cumulativeCount;
    const end = writeVarint(bytes, at + 3, cumulative);
    bytes[end] = BUCKET.upperBound;
    view.setFloat64(end + 1, bounds[i]!, true);
    bytes[at + 1] = end + 1 + DOUBLE_WIDTH - (at + 2);
    at = end + 1 + DOUBLE_WIDTH;
  }
  out.end = at;
}
