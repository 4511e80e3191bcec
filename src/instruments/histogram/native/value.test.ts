import { describe, expect, it, test } from "vitest";
import { vectors } from "../../../../test/conformance/vectors.ts";
import { nativeHistogram } from "./value.ts";

type Counts = readonly (readonly [index: number, count: number])[];

function value(positive: Counts, negative: Counts = [], zeroThreshold = 2 ** -128, zeroCount = 0) {
  return nativeHistogram({
    schema: 0,
    zeroThreshold,
    zeroCount,
    positive: new Map(positive),
    negative: new Map(negative),
    exemplars: [],
  });
}

test("the first span begins at its index, the others after a gap", () => {
  expect(
    value([
      [-7, 1],
      [-6, 2],
      [0, 3],
      [4, 5],
    ]).positive,
  ).toEqual({
    spans: [
      { offset: -7, length: 2 },
      { offset: 5, length: 1 },
      { offset: 3, length: 1 },
    ],
    counts: [1, 2, 3, 5],
  });
});

test("gaps of up to two buckets are filled", () => {
  expect(
    value([
      [1, 1],
      [3, 2],
      [6, 3],
      [10, 4],
    ]).positive,
  ).toEqual({
    spans: [
      { offset: 1, length: 6 },
      { offset: 3, length: 1 },
    ],
    counts: [1, 0, 2, 0, 0, 3, 4],
  });
});

describe("a span without buckets tells an empty histogram from a classic one", () => {
  const none = { spans: [], counts: [] };
  const noOp = { spans: [{ offset: 0, length: 0 }], counts: [] };
  const one = { spans: [{ offset: 3, length: 1 }], counts: [1] };

  it.each([
    ["where the zero threshold is 0", value([], [], 0), noOp, none],
    ["not where the threshold says it", value([], [], 1e-300), none, none],
    ["not where it counted zeros", value([], [], 0, 1), none, none],
    ["not where it has positive buckets", value([[3, 1]], [], 0), one, none],
    ["not where it has negative buckets", value([], [[3, 1]], 0), none, one],
  ])("%s", (_, { positive, negative }, wantPositive, wantNegative) => {
    expect({ positive, negative }).toEqual({ positive: wantPositive, negative: wantNegative });
  });
});

interface Want {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positiveSpan?: readonly (readonly [offset: number, length: number])[];
  readonly positiveDelta?: readonly number[];
  readonly negativeSpan?: readonly (readonly [offset: number, length: number])[];
  readonly negativeDelta?: readonly number[];
}

function wanted(spans: Want["positiveSpan"] = [], deltas: readonly number[] = []) {
  let count = 0;
  return {
    spans: spans.map(([offset, length]) => ({ offset, length })),
    counts: deltas.map((delta) => {
      count += delta;
      return count;
    }),
  };
}

function populated({ spans, counts }: ReturnType<typeof wanted>): Map<number, number> {
  const indices = spans.flatMap(({ length }, i) => {
    const start = spans.slice(0, i).reduce((at, span) => at + span.offset + span.length, 0);
    return Array.from({ length }, (_, j) => start + spans[i]!.offset + j);
  });
  return new Map(indices.map((index, i) => [index, counts[i]!] as const).filter(([, n]) => n > 0));
}

const found = vectors<{ constHistogramScenarios: { name: string; want: Want }[] }>(
  "native_histograms",
);

describe.runIf(found)("client_golang's constant histograms", () => {
  it.each(found?.constHistogramScenarios ?? [])("$name", ({ want }) => {
    const { schema, zeroThreshold, zeroCount } = want;
    const positive = wanted(want.positiveSpan, want.positiveDelta);
    const negative = wanted(want.negativeSpan, want.negativeDelta);
    const built = nativeHistogram({
      schema,
      zeroThreshold,
      zeroCount,
      positive: populated(positive),
      negative: populated(negative),
      exemplars: [],
    });
    expect(built).toEqual({ schema, zeroThreshold, zeroCount, positive, negative, exemplars: [] });
  });
});
