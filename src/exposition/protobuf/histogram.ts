import type { EscapingScheme } from "../../model/escaping.ts";
import type { HistogramValue, NativeBuckets, NativeHistogram } from "../../model/sample-sink.ts";
import type { ProtobufBytes } from "./bytes.ts";
import {
  BUCKET,
  BUCKET_SPAN,
  HISTOGRAM,
  isWholeBelow,
  MAX_COUNT,
  writeExemplar,
} from "./messages.ts";

/** Native counts from here up are written as doubles, because their differences would not be exact. */
const MAX_NATIVE_COUNT = 2 ** 52;

/** Writes all fields of a histogram but the time of its creation. */
export function writeHistogram(
  out: ProtobufBytes,
  value: HistogramValue,
  scheme: EscapingScheme,
): void {
  const { native, sum } = value;
  const isWhole = hasWholeCounts(value, native);
  if (isWhole) out.uint(HISTOGRAM.count, value.count);
  if (sum !== undefined) out.double(HISTOGRAM.sum, sum);
  if (value.bounds.length > 0) writeBuckets(out, value, isWhole, scheme);
  if (!isWhole) out.double(HISTOGRAM.countFloat, value.count);
  if (native !== undefined) writeNative(out, native, isWhole, scheme);
}

function hasWholeCounts(value: HistogramValue, native: NativeHistogram | undefined): boolean {
  const { bounds } = value;
  const limit = native === undefined ? MAX_COUNT : MAX_NATIVE_COUNT;
  if (!isWholeBelow(limit, value.count)) return false;
  const buckets = bounds.length === 0 ? 0 : bounds.length + 1;
  for (let i = 0; i < buckets; i += 1) {
    if (!isWholeBelow(limit, value.bucketCount(i))) return false;
  }
  if (native === undefined) return true;
  const { zeroCount, negative, positive } = native;
  return (
    isWholeBelow(limit, zeroCount) &&
    negative.counts.every((count) => isWholeBelow(limit, count)) &&
    positive.counts.every((count) => isWholeBelow(limit, count))
  );
}

/**
 * The bucket +Inf is the histogram's count again, and Prometheus adds it by itself: it is written
 * only where it has an exemplar.
 */
function writeBuckets(
  out: ProtobufBytes,
  value: HistogramValue,
  isWhole: boolean,
  scheme: EscapingScheme,
): void {
  const { bounds } = value;
  let count = 0;
  for (let i = 0; i <= bounds.length; i += 1) {
    count += value.bucketCount(i);
    const exemplar = value.exemplar(i);
    if (i === bounds.length && exemplar === undefined) return;
    const begin = out.open(HISTOGRAM.bucket);
    if (isWhole) out.uint(BUCKET.cumulativeCount, count);
    out.double(BUCKET.upperBound, bounds[i] ?? Number.POSITIVE_INFINITY);
    if (exemplar !== undefined) writeExemplar(out, BUCKET.exemplar, exemplar, scheme);
    if (!isWhole) out.double(BUCKET.cumulativeCountFloat, count);
    out.close(begin);
  }
}

function writeNative(
  out: ProtobufBytes,
  native: NativeHistogram,
  isWhole: boolean,
  scheme: EscapingScheme,
): void {
  const { zeroThreshold, zeroCount, negative, positive } = native;
  out.sint(HISTOGRAM.schema, native.schema);
  out.double(HISTOGRAM.zeroThreshold, zeroThreshold);
  if (isWhole) out.uint(HISTOGRAM.zeroCount, zeroCount);
  else out.double(HISTOGRAM.zeroCountFloat, zeroCount);
  const { negativeSpan, negativeDelta, negativeCount } = HISTOGRAM;
  writeNativeBuckets(out, negative, isWhole, negativeSpan, negativeDelta, negativeCount);
  const { positiveSpan, positiveDelta, positiveCount } = HISTOGRAM;
  writeNativeBuckets(out, positive, isWhole, positiveSpan, positiveDelta, positiveCount);
  // Without any of these a native histogram would pass for a classic one.
  const isBare = zeroThreshold === 0 && zeroCount === 0;
  if (isBare && negative.spans.length === 0 && positive.spans.length === 0) {
    writeSpan(out, positiveSpan, 0, 0);
  }
  for (const exemplar of native.exemplars) {
    writeExemplar(out, HISTOGRAM.exemplars, exemplar, scheme);
  }
}

function writeNativeBuckets(
  out: ProtobufBytes,
  { spans, counts }: NativeBuckets,
  isWhole: boolean,
  spanTag: number,
  deltaTag: number,
  countTag: number,
): void {
  for (const { offset, length } of spans) writeSpan(out, spanTag, offset, length);
  let before = 0;
  for (const count of counts) {
    if (isWhole) out.sint(deltaTag, count - before);
    else out.double(countTag, count);
    before = count;
  }
}

function writeSpan(out: ProtobufBytes, tag: number, offset: number, length: number): void {
  const begin = out.open(tag);
  out.sint(BUCKET_SPAN.offset, offset);
  out.uint(BUCKET_SPAN.length, length);
  out.close(begin);
}
