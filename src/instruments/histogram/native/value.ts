import type { Exemplar, NativeBuckets, NativeHistogram } from "../../../model/sample-sink.ts";

/** Gaps of up to this many buckets are filled, because empty buckets take less space than a span. */
const FILLED_GAP = 2;
const NO_OP: NativeBuckets = { spans: [{ offset: 0, length: 0 }], counts: [] };

/** The counts of populated buckets by index, in ascending order. A sorted `Map` is one. */
interface PopulatedBuckets {
  forEach(visit: (count: number, index: number) => void): void;
}

interface NativeParts {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: PopulatedBuckets;
  readonly negative: PopulatedBuckets;
  readonly exemplars: readonly Exemplar[];
}

/** The value of a native histogram, with its populated buckets as spans. */
export function nativeHistogram(parts: NativeParts): NativeHistogram {
  const { schema, zeroThreshold, zeroCount, exemplars } = parts;
  const positive = nativeBuckets(parts.positive);
  const negative = nativeBuckets(parts.negative);
  const spanCount = positive.spans.length + negative.spans.length;
  return {
    schema,
    zeroThreshold,
    zeroCount,
    // Without a span, scrapers would take an empty histogram with a threshold of 0 for a classic one.
    positive: zeroThreshold + zeroCount + spanCount === 0 ? NO_OP : positive,
    negative,
    exemplars,
  };
}

function nativeBuckets(populated: PopulatedBuckets): NativeBuckets {
  const spans: { offset: number; length: number }[] = [];
  const counts: number[] = [];
  let next = 0;
  populated.forEach((count, index) => {
    const gap = index - next;
    const span = spans.at(-1);
    if (span === undefined || gap > FILLED_GAP) {
      spans.push({ offset: gap, length: 1 });
    } else {
      for (let i = 0; i < gap; i += 1) counts.push(0);
      span.length += gap + 1;
    }
    counts.push(count);
    next = index + 1;
  });
  return { spans, counts };
}
