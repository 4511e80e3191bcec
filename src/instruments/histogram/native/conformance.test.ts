import { describe, expect, it } from "vitest";
import { vectors } from "../../../../test/conformance/vectors.ts";
import { type RecordedHistogram, record } from "../../../../test/recording.ts";
import type { MetricSource } from "../../../model/sample-sink.ts";
import { Registry } from "../../../registry/registry.ts";
import type { NativeOptions } from "./options.ts";

const START_MS = 1_700_000_000_000;

interface History {
  readonly name: string;
  readonly observations: readonly (number | "NaN" | "+Inf" | "-Inf")[];
  readonly options: {
    readonly bucketFactor: number;
    readonly maxBucketNumber: number;
    readonly maxZeroThreshold: number;
    readonly minResetDurationSeconds: number;
    readonly zeroThreshold: number;
  };
  readonly want: Readonly<Record<string, unknown>>;
}

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  "+Inf": Number.POSITIVE_INFINITY,
  "-Inf": Number.NEGATIVE_INFINITY,
};

function special(value: unknown): unknown {
  return typeof value === "string" ? SPECIAL[value] : value;
}

/** The vectors' options in our words; Go spells "default" 0 and "exactly zero" negative. */
function native(options: History["options"]): NativeOptions | undefined {
  const { bucketFactor, maxBucketNumber, zeroThreshold } = options;
  if (bucketFactor <= 1) return undefined;
  return {
    factor: bucketFactor,
    maxBuckets: maxBucketNumber,
    maxZeroThreshold: options.maxZeroThreshold,
    minResetSeconds: options.minResetDurationSeconds,
    ...(zeroThreshold === 0 ? {} : { zeroThreshold: Math.max(0, zeroThreshold) }),
  };
}

/** What was recorded in the vectors' words. */
function found(created: number, value: RecordedHistogram): Record<string, unknown> {
  const { buckets, count, sum, native } = value;
  const classic = buckets.slice(0, -1).map(([upperBound], i) => ({
    cumulativeCount: buckets.slice(0, i + 1).reduce((total, [, count]) => total + count, 0),
    upperBound,
  }));
  const sides = (["positive", "negative"] as const).flatMap((side) => {
    const { spans = [], counts = [] } = native?.[side] ?? {};
    if (spans.length === 0) return [];
    const deltas = counts.map((count, i) => count - (counts[i - 1] ?? 0));
    return [
      [`${side}Span`, spans.map(({ offset, length }) => [offset, length])],
      [`${side}Delta`, deltas],
    ];
  });
  return {
    createdOffsetSeconds: created - START_MS / 1000,
    sampleCount: count,
    sampleSum: sum,
    ...(classic.length === 0 ? {} : { bucket: classic }),
    ...(native === undefined
      ? {}
      : {
          schema: native.schema,
          zeroCount: native.zeroCount,
          zeroThreshold: native.zeroThreshold,
          ...Object.fromEntries(sides),
        }),
  };
}

const histories = vectors<{ scenarios: History[] }>("native_histograms")?.scenarios;

describe.runIf(histories)("client_golang's histories", () => {
  it.each(histories ?? [])("$name", ({ observations, options, want }) => {
    let now = START_MS;
    const asked = native(options);
    const histogram = new Registry({ now: () => now }).histogram({
      name: "m",
      help: "",
      ...(asked === undefined ? {} : { buckets: [], native: asked }),
    });
    for (const value of observations) {
      now += 60_000;
      histogram.observe(special(value) as number);
    }
    const [family] = record(histogram as unknown as MetricSource);
    const [series] = family!.series;
    expect(found(series!.created, series!.value as RecordedHistogram)).toEqual({
      ...want,
      sampleSum: special(want.sampleSum),
    });
  });
});
