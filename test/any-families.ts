import fc from "fast-check";
import type {
  RecordedCounter,
  RecordedFamily,
  RecordedHistogram,
  RecordedSeries,
  RecordedSummary,
} from "./recording.ts";

const text = fc.string({ unit: "binary", maxLength: 6 });
const count = fc.nat(2 ** 31 - 1);
const positive = fc.double({ min: 0, max: 1e9, noNaN: true });
const unknownTime = fc.constant(Number.NaN);
/** Whole milliseconds from 1970 on, because the text format has no others. */
const time = fc.oneof(
  unknownTime,
  fc.integer({ min: 0, max: 4e12 }).map((ms) => ms / 1000),
);
const labelName = fc
  .oneof(text, fc.constantFrom("a", "b:c", "1", "__proto__", "constructor", "name"))
  .filter((name) => !["", "le", "quantile", "__name__"].includes(name));

function anyExemplar(value: number): fc.Arbitrary<RecordedCounter["exemplar"]> {
  const labels = fc.dictionary(labelName, text, { maxKeys: 2, noNullPrototype: false });
  const timestamp = fc.nat(4e9);
  return fc.option(fc.record({ labels, value: fc.constant(value), timestamp }), { nil: undefined });
}

const native = fc
  .record({
    schema: fc.integer({ min: -4, max: 8 }),
    zeroThreshold: positive,
    zeroCount: count,
    negative: anyNativeBuckets(),
    positive: anyNativeBuckets(),
  })
  .map((buckets) => ({ ...buckets, exemplars: [] }));

function anyNativeBuckets() {
  const span = fc.record({ offset: fc.nat(9), length: fc.integer({ min: 1, max: 3 }) });
  return fc.array(span, { maxLength: 3 }).chain((spans) => {
    const length = spans.reduce((sum, { length }) => sum + length, 0);
    return fc
      .array(count, { minLength: length, maxLength: length })
      .map((counts) => ({ spans, counts }));
  });
}

const histogram: fc.Arbitrary<RecordedHistogram> = fc
  .uniqueArray(positive, { maxLength: 4 })
  .map((bounds) => [...bounds.sort((a, b) => a - b), Number.POSITIVE_INFINITY])
  .chain((bounds) =>
    fc.record({
      buckets: fc.tuple(
        ...bounds.map((bound) => fc.tuple(fc.constant(bound), count, anyExemplar(bound))),
      ),
      sum: positive,
      native: fc.constant(undefined),
    }),
  )
  .map((value) => ({ ...value, count: value.buckets.reduce((sum, [, each]) => sum + each, 0) }));

/** Without exemplars, because classic and native buckets would have to share them. */
const nativeHistogram: fc.Arbitrary<RecordedHistogram> = fc
  .tuple(histogram, native)
  .map(([{ buckets, ...value }, native]) => ({
    ...value,
    buckets: buckets.map(([bound, each]) => [bound, each, undefined] as const),
    native,
  }));

const values: { readonly [Type in RecordedFamily["type"]]: fc.Arbitrary<unknown> } = {
  counter: positive.chain((value) =>
    fc.record({ value: fc.constant(value), exemplar: anyExemplar(value) }),
  ),
  gauge: fc.double(),
  histogram: fc.oneof(histogram, nativeHistogram),
  gaugehistogram: histogram,
  summary: fc.record({
    quantiles: fc
      .uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })
      .map((quantiles) => quantiles.sort((a, b) => a - b))
      .chain((quantiles) =>
        fc.tuple(
          ...quantiles.map((quantile) =>
            fc.tuple(fc.constant(quantile), fc.oneof(positive, fc.constant(Number.NaN))),
          ),
        ),
      ),
    count,
    sum: positive,
  } satisfies Record<keyof RecordedSummary, unknown>),
  info: fc.constant(1),
  stateset: fc
    .uniqueArray(text, { minLength: 1, maxLength: 3 })
    .chain((names) =>
      fc.tuple(...names.map((state) => fc.tuple(fc.constant(state), fc.boolean()))),
    ),
  unknown: fc.double(),
};

function anySeries(
  labelNames: readonly string[],
  value: fc.Arbitrary<unknown>,
  created: fc.Arbitrary<number>,
): fc.Arbitrary<RecordedSeries> {
  const labels = fc.tuple(...labelNames.map((name) => fc.tuple(fc.constant(name), text)));
  return fc.record({ labels, created, timestamp: time, value });
}

function anyFamily(): fc.Arbitrary<RecordedFamily> {
  const types = Object.keys(values) as RecordedFamily["type"][];
  return fc
    .record({
      type: fc.constantFrom(...types),
      labelNames: fc.uniqueArray(labelName, { maxLength: 3 }),
      isBare: fc.boolean(),
      hasUnit: fc.boolean(),
    })
    .chain(({ type, labelNames, isBare, hasUnit }) => {
      const bare = type === "counter" && isBare;
      const hasCreated = !bare && ["counter", "histogram", "summary"].includes(type);
      const created = hasCreated ? fc.oneof(unknownTime, fc.nat(4e9)) : unknownTime;
      const value = bare ? positive.map((value) => ({ value, exemplar: undefined })) : values[type];
      return fc.record({
        name: text,
        help: text,
        type: fc.constant(type),
        ...(bare && { bare: fc.constant(true as const) }),
        ...(hasUnit && type !== "info" && type !== "stateset" && { unit: fc.constant("seconds") }),
        series: fc.uniqueArray(anySeries(labelNames, value, created), {
          maxLength: 3,
          selector: ({ labels }) => JSON.stringify(labels),
        }),
      });
    });
}

/**
 * Families with hostile names and texts, restricted to what every text format can express: unique
 * series, sums that are not negative, and names that don't collide, whichever suffixes they get.
 */
export function anyFamilies(): fc.Arbitrary<RecordedFamily[]> {
  return fc.array(anyFamily(), { maxLength: 4 }).map((families) =>
    families.map((family, i) => {
      const name = `${family.name}_${i}`;
      return { ...family, name: family.unit === undefined ? name : `${name}_${family.unit}` };
    }),
  );
}
