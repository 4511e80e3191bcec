import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { decodePage, type Message } from "../../../test/protobuf-page.ts";
import type { EscapingScheme } from "../../model/escaping.ts";
import type { Family, MetricType } from "../../model/family.ts";
import type {
  Exemplar,
  HistogramValue,
  NativeBuckets,
  NativeHistogram,
  SampleSink,
  SeriesHead,
} from "../../model/sample-sink.ts";
import { ProtobufSink } from "./sink.ts";

type Labels = readonly (readonly [name: string, value: string])[];

type Times = Partial<Pick<SeriesHead, "created" | "timestamp">>;

/** A series in no table. */
function series(labels: Labels = [], times: Times = {}): SeriesHead {
  return {
    labelNames: labels.map(([name]) => name),
    labelValues: labels.map(([, value]) => value),
    created: Number.NaN,
    timestamp: Number.NaN,
    slot: 0,
    tenancy: 0,
    ...times,
  };
}

function family(type: MetricType, name = "x", help = "Help."): Family {
  return { name, help, type };
}

function page(
  write: (sink: ProtobufSink) => void,
  scheme: EscapingScheme = "underscores",
): Message[] {
  const sink = new ProtobufSink({ escaping: scheme });
  write(sink);
  return decodePage(sink.finish());
}

/** The one metric of a page of one family. */
function metric(type: MetricType, write: (sink: SampleSink) => void): Message {
  const families = page((sink) => {
    sink.family(family(type));
    write(sink);
  }, "allow-utf-8");
  expect(families).toHaveLength(1);
  const metrics = families[0]!.metric as Message[];
  expect(metrics).toHaveLength(1);
  return metrics[0]!;
}

function histogram(
  value: Partial<HistogramValue> & { counts?: readonly number[] },
): HistogramValue {
  const { counts = [0], ...rest } = value;
  return {
    bounds: [],
    bucketCount: (i) => counts[i]!,
    exemplar: () => undefined,
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: 0,
    native: undefined,
    ...rest,
  };
}

const NO_BUCKETS: NativeBuckets = { spans: [], counts: [] };

function native(value: Partial<NativeHistogram>): NativeHistogram {
  return {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: NO_BUCKETS,
    negative: NO_BUCKETS,
    exemplars: [],
    ...value,
  };
}

describe("a family", () => {
  const write = (type: MetricType, more: Partial<Family> = {}) =>
    page((sink) => {
      sink.family({ ...family(type), ...more });
      if (type === "counter") sink.counter(series(), 1);
      else if (type === "info") sink.info(series());
      else if (type === "stateset") sink.stateSet(series(), { states: ["a"], isSet: () => true });
      else if (type === "summary") {
        sink.summary(series(), { quantiles: [], quantile: () => 0, count: 1, sum: 1 });
      } else if (type === "gauge") sink.gauge(series(), 1);
      else if (type === "unknown") sink.unknown(series(), 1);
      else sink.histogram(series(), histogram({}));
    })[0];

  it.each<[MetricType, string, string]>([
    ["counter", "x_total", "COUNTER"],
    ["gauge", "x", "GAUGE"],
    ["summary", "x", "SUMMARY"],
    ["unknown", "x", "UNTYPED"],
    ["histogram", "x", "HISTOGRAM"],
    ["gaugehistogram", "x", "GAUGE_HISTOGRAM"],
    ["info", "x_info", "GAUGE"],
    ["stateset", "x", "GAUGE"],
  ])("of type %s is called %s, a %s", (type, name, protobufType) => {
    expect(write(type)).toMatchObject({ name, help: "Help.", type: protobufType });
  });

  it("has its unit, if any", () => {
    expect(write("gauge")).not.toHaveProperty("unit");
    expect(write("gauge", { name: "x_seconds", unit: "seconds" })).toMatchObject({
      unit: "seconds",
    });
  });

  it("is escaped with its suffix, as the Go client does it", () => {
    const named = (scheme: EscapingScheme) =>
      page((sink) => {
        sink.family(family("counter", "a.b"));
        sink.counter(series([["c.d", "e.f"]]), 1);
      }, scheme)[0];
    const label = (name: string) => ({ metric: [{ label: [{ name, value: "e.f" }] }] });
    expect(named("allow-utf-8")).toMatchObject({ name: "a.b_total", ...label("c.d") });
    expect(named("underscores")).toMatchObject({ name: "a_b_total", ...label("c_d") });
    expect(named("dots")).toMatchObject({ name: "a_dot_b__total", ...label("c_dot_d") });
    expect(named("values")).toMatchObject({ name: "U__a_2e_b__total", ...label("U__c_2e_d") });
  });

  it("without a series is left out", () => {
    const families = page((sink) => {
      sink.family(family("counter", "a"));
      sink.family(family("counter", "b"));
      sink.counter(series(), 1);
      sink.family(family("counter", "c"));
    });
    expect(families.map(({ name }) => name)).toEqual(["b_total"]);
    expect(page(() => {})).toEqual([]);
  });

  it("that is truncated takes nothing with it", () => {
    const sink = new ProtobufSink({ escaping: "underscores" });
    sink.family(family("gauge", "a"));
    sink.gauge(series(), 1);
    const length = sink.length;
    for (const hasSeries of [true, false]) {
      sink.family(family("gauge", "b"));
      if (hasSeries) sink.gauge(series([["l", "v".repeat(200)]]), 2);
      sink.family(family("gauge", "c"));
      sink.gauge(series(), 3);
      sink.truncate(length);
    }
    sink.truncate(length);
    sink.family(family("gauge", "d"));
    sink.gauge(series(), 4);
    expect(decodePage(sink.finish()).map(({ name }) => name)).toEqual(["a", "d"]);
  });

  it("that is truncated at the end leaves a whole page", () => {
    const sink = new ProtobufSink({ escaping: "underscores" });
    sink.family(family("gauge", "a"));
    sink.gauge(series(), 1);
    const length = sink.length;
    sink.family(family("gauge", "b"));
    sink.gauge(series(), 2);
    sink.truncate(length);
    expect(decodePage(sink.finish()).map(({ name }) => name)).toEqual(["a"]);
  });

  it("of many megabytes is as well-formed as a small one", () => {
    const families = page((sink) => {
      sink.family(family("gauge", "a"));
      for (let i = 0; i < 20_000; i += 1) sink.gauge(series([["l", `${i} ${"v".repeat(150)}`]]), i);
      sink.family(family("gauge", "b"));
      sink.gauge(series([["l", "é".repeat(1_000_000)]]), 1);
    });
    expect((families[0]!.metric as Message[]).map(({ gauge }) => gauge)).toEqual(
      Array.from({ length: 20_000 }, (_, value) => ({ value })),
    );
    expect(families[1]!.metric).toEqual([
      { label: [{ name: "l", value: "é".repeat(1_000_000) }], gauge: { value: 1 } },
    ]);
  });
});

describe("times", () => {
  const created = (seconds: number) =>
    metric("counter", (sink) => sink.counter(series([], { created: seconds }), 1)).counter;

  it("are seconds and nanoseconds, to the microsecond", () => {
    expect(created(1_700_000_000.123)).toEqual({
      value: 1,
      created: { seconds: 1_700_000_000, nanos: 123_000_000 },
    });
    expect(created(5_000_000_000.5)).toMatchObject({
      created: { seconds: 5_000_000_000, nanos: 500_000_000 },
    });
    expect(created(9.9999999)).toMatchObject({ created: { seconds: 10, nanos: 0 } });
    expect(created(-0.25)).toMatchObject({ created: { seconds: -1, nanos: 750_000_000 } });
  });

  it("that are not known, or none at all, are left out", () => {
    for (const seconds of [Number.NaN, Number.POSITIVE_INFINITY, -1e300]) {
      expect(created(seconds)).toEqual({ value: 1 });
      const head = series([], { timestamp: seconds });
      expect(metric("gauge", (sink) => sink.gauge(head, 1))).toEqual({ gauge: { value: 1 } });
    }
  });

  it("of samples are milliseconds", () => {
    const gauge = (timestamp: number) =>
      metric("gauge", (sink) => sink.gauge(series([], { timestamp }), 1)).timestampMs;
    expect(gauge(1_700_000_000.123)).toBe(1_700_000_000_123);
    expect(gauge(-1.5)).toBe(-1500);
    expect(gauge(0)).toBe(0);
  });

  it("when a series began are those of counters, summaries and histograms alone", () => {
    const head = series([], { created: 5 });
    expect(metric("gauge", (sink) => sink.gauge(head, 1))).toEqual({ gauge: { value: 1 } });
    expect(metric("unknown", (sink) => sink.unknown(head, 1))).toEqual({ untyped: { value: 1 } });
    const value = histogram({});
    expect(metric("histogram", (sink) => sink.histogram(head, value)).histogram).toMatchObject({
      created: { seconds: 5, nanos: 0 },
    });
    expect(
      metric("gaugehistogram", (sink) => sink.histogram(head, value)).histogram,
    ).not.toHaveProperty("created");
  });
});

test("an info is 1, a state set a series a state", () => {
  expect(metric("info", (sink) => sink.info(series([["version", "1"]])))).toEqual({
    label: [{ name: "version", value: "1" }],
    gauge: { value: 1 },
  });
  const value = { states: ["on", "off"], isSet: (i: number) => i === 0 };
  const families = page((sink) => {
    sink.family(family("stateset", "a:b"));
    sink.stateSet(series([["l", "v"]]), value);
  });
  expect(families[0]!.metric).toEqual(
    ["on", "off"].map((state, i) => ({
      label: [
        { name: "l", value: "v" },
        { name: "a_b", value: state },
      ],
      gauge: { value: 1 - i },
    })),
  );
});

describe("a summary", () => {
  const summary = (count: number | undefined, sum: number | undefined) =>
    metric("summary", (sink) =>
      sink.summary(series(), {
        quantiles: [0.5, 0.99],
        quantile: (i) => [1.5, Number.NaN][i]!,
        count,
        sum,
      }),
    ).summary;
  const quantile = [
    { quantile: 0.5, value: 1.5 },
    { quantile: 0.99, value: Number.NaN },
  ];

  it("has quantiles, count and sum", () => {
    expect(summary(2 ** 60, -1)).toEqual({ count: 2 ** 60, sum: -1, quantile });
  });

  it("leaves out what it has not, and a count that is none", () => {
    expect(summary(undefined, undefined)).toEqual({ quantile });
    for (const count of [1.5, -1, Number.NaN, 2 ** 64])
      expect(summary(count, 1)).not.toHaveProperty("count");
  });
});

describe("a classic histogram", () => {
  const write = (value: HistogramValue) =>
    metric("histogram", (sink) => sink.histogram(series(), value)).histogram;

  it("has cumulative buckets, without +Inf, which is the count", () => {
    expect(write(histogram({ bounds: [1, 2.5], counts: [3, 0, 2 ** 40], sum: 7 }))).toEqual({
      count: 2 ** 40 + 3,
      sum: 7,
      bucket: [
        { cumulativeCount: 3, upperBound: 1 },
        { cumulativeCount: 3, upperBound: 2.5 },
      ],
    });
  });

  it("has +Inf where it has an exemplar", () => {
    const exemplar = { labels: { id: "a" }, value: 9, timestamp: 1.5 };
    const value = histogram({
      bounds: [1],
      counts: [1, 1],
      exemplar: (i) => (i === 1 ? exemplar : undefined),
    });
    expect(write(value)).toMatchObject({
      bucket: [
        { cumulativeCount: 1, upperBound: 1 },
        {
          cumulativeCount: 2,
          upperBound: Number.POSITIVE_INFINITY,
          exemplar: {
            label: [{ name: "id", value: "a" }],
            value: 9,
            timestamp: { seconds: 1, nanos: 500_000_000 },
          },
        },
      ],
    });
  });

  it("is written in doubles where a count is not whole", () => {
    expect(write(histogram({ bounds: [1], counts: [0.5, 1] }))).toEqual({
      countFloat: 1.5,
      sum: 0,
      bucket: [{ cumulativeCountFloat: 0.5, upperBound: 1 }],
    });
    expect(write(histogram({ bounds: [1], counts: [2 ** 64, 0] }))).toHaveProperty("countFloat");
    expect(write(histogram({ bounds: [1], counts: [2 ** 63, 0] }))).toHaveProperty(
      "count",
      2 ** 63,
    );
  });

  it("may lack a sum", () => {
    expect(write(histogram({ sum: undefined, counts: [1] }))).toEqual({ count: 1 });
  });
});

describe("a native histogram", () => {
  const write = (value: Partial<HistogramValue>) =>
    metric("histogram", (sink) => sink.histogram(series(), histogram(value))).histogram;
  const buckets = {
    positive: {
      spans: [
        { offset: -3, length: 2 },
        { offset: 4, length: 1 },
      ],
      counts: [5, 2, 2 ** 33],
    },
    negative: { spans: [{ offset: 300, length: 1 }], counts: [1] },
  };

  it("has deltas of its counts", () => {
    const value = native({ ...buckets, schema: -4, zeroThreshold: 2 ** -128, zeroCount: 7 });
    expect(write({ count: 2 ** 33 + 15, sum: 1, native: value })).toEqual({
      count: 2 ** 33 + 15,
      sum: 1,
      schema: -4,
      zeroThreshold: 2 ** -128,
      zeroCount: 7,
      negativeSpan: [{ offset: 300, length: 1 }],
      negativeDelta: [1],
      positiveSpan: [
        { offset: -3, length: 2 },
        { offset: 4, length: 1 },
      ],
      positiveDelta: [5, -3, 2 ** 33 - 2],
    });
  });

  it("is written in doubles where a count is not whole, or a difference would not be exact", () => {
    for (const zeroCount of [0.5, 2 ** 52]) {
      expect(write({ count: 10, native: native({ ...buckets, zeroCount }) })).toMatchObject({
        countFloat: 10,
        zeroCountFloat: zeroCount,
        negativeCount: [1],
        positiveCount: [5, 2, 2 ** 33],
      });
    }
  });

  it("may be without classic buckets", () => {
    const value = native({ ...buckets, zeroCount: 7 });
    const bucketCount = () => {
      throw new Error("There are none.");
    };
    expect(write({ count: 2 ** 33 + 15, native: value, bucketCount })).not.toHaveProperty("bucket");
  });

  it("is told from a classic one by a span, even where it is empty", () => {
    const span = [{ offset: 0, length: 0 }];
    expect(write({ native: native({}) })).toMatchObject({ positiveSpan: span });
    expect(write({ native: native({ zeroThreshold: 1 }) })).not.toHaveProperty("positiveSpan");
    expect(write({ native: native({ zeroCount: 1 }) })).not.toHaveProperty("positiveSpan");
    expect(write({ native: native({ negative: buckets.negative }) })).not.toHaveProperty(
      "positiveSpan",
    );
  });

  it("has its own exemplars, and classic buckets beside", () => {
    const exemplars = [{ labels: {}, value: 2, timestamp: 3 }];
    const value = { bounds: [1], counts: [4, 0], native: native({ ...buckets, exemplars }) };
    expect(write(value)).toMatchObject({
      bucket: [{ cumulativeCount: 4, upperBound: 1 }],
      exemplars: [{ value: 2, timestamp: { seconds: 3, nanos: 0 } }],
    });
  });
});

const text = fc.string({ unit: "binary" });
const name = fc.string({ unit: "binary", minLength: 1 });
const labels: fc.Arbitrary<Labels> = fc.uniqueArray(fc.tuple(name, text), {
  selector: ([label]) => label,
  maxLength: 4,
});
const milliseconds = fc.integer({ min: -5_000_000_000_000, max: 5_000_000_000_000 });
const seconds = fc.option(
  milliseconds.map((ms) => ms / 1000),
  { nil: Number.NaN },
);
const exemplars: fc.Arbitrary<Exemplar> = fc.record({
  labels: labels.map((pairs) => Object.fromEntries(pairs)),
  value: fc.double(),
  timestamp: seconds,
});
const maybeExemplar = fc.option(exemplars, { nil: undefined });

function timestamp(time: number): Message | undefined {
  const ms = Math.round(time * 1000);
  const whole = Math.floor(ms / 1000);
  if (Number.isNaN(ms)) return undefined;
  return { seconds: whole, nanos: (ms - whole * 1000) * 1e6 };
}

function decodedExemplar(exemplar: Exemplar | undefined): Message | undefined {
  if (exemplar === undefined) return undefined;
  const label = decodedLabels(Object.entries(exemplar.labels));
  return { label, value: exemplar.value, timestamp: timestamp(exemplar.timestamp) };
}

function decodedLabels(pairs: Labels): Message[] | undefined {
  return pairs.length === 0 ? undefined : pairs.map(([label, value]) => ({ name: label, value }));
}

interface Sample {
  readonly labels: Labels;
  readonly created: number;
  readonly timestamp: number;
  readonly value: number;
  readonly exemplar: Exemplar | undefined;
}

const samples: fc.Arbitrary<Sample> = fc.record({
  labels,
  created: seconds,
  timestamp: seconds,
  value: fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, 2 ** 53, 1e300)),
  exemplar: maybeExemplar,
});

describe("whatever goes in comes out", () => {
  it("of numbers, labels, times and exemplars", () => {
    fc.assert(
      fc.property(name, fc.array(samples, { minLength: 1 }), (familyName, list) => {
        const wanted = list.map((sample) => ({
          label: decodedLabels(sample.labels),
          counter: {
            value: sample.value,
            exemplar: decodedExemplar(sample.exemplar),
            created: timestamp(sample.created),
          },
          timestampMs: Number.isNaN(sample.timestamp)
            ? undefined
            : Math.round(sample.timestamp * 1000),
        }));
        const families = page((sink) => {
          sink.family(family("counter", familyName));
          for (const sample of list) {
            sink.counter(series(sample.labels, sample), sample.value, sample.exemplar);
          }
        }, "allow-utf-8");
        expect(families).toEqual([
          { name: `${familyName}_total`, help: "Help.", type: "COUNTER", metric: wanted },
        ]);
      }),
    );
  });

  const counts = fc.array(fc.oneof(fc.nat(1000), fc.nat(2 ** 31 - 1), fc.maxSafeNat()), {
    minLength: 1,
    maxLength: 20,
  });
  const nativeBuckets = fc
    .array(fc.tuple(fc.integer({ min: -100_000, max: 100_000 }), counts), { maxLength: 4 })
    .map((runs) => ({
      spans: runs.map(([offset, run]) => ({ offset, length: run.length })),
      counts: runs.flatMap(([, run]) => run.map((count) => Math.floor(count / 4))),
    }));
  const natives = fc.record({
    schema: fc.integer({ min: -4, max: 8 }),
    zeroThreshold: fc.double({ min: 0, noNaN: true }),
    zeroCount: fc.nat(),
    positive: nativeBuckets,
    negative: nativeBuckets,
    exemplars: fc.array(exemplars, { maxLength: 3 }),
  });

  function absolute(deltas: unknown): number[] {
    let count = 0;
    return ((deltas ?? []) as number[]).map((delta) => {
      count += delta;
      return count;
    });
  }

  it("of native histograms", () => {
    fc.assert(
      fc.property(natives, fc.double(), (value, sum) => {
        const head = series([["l", "v"]]);
        const { label, histogram: decoded } = metric("histogram", (sink) =>
          sink.histogram(head, histogram({ count: 1, sum, native: value })),
        ) as { label: unknown; histogram: Message };
        expect(label).toEqual([{ name: "l", value: "v" }]);
        const {
          negativeDelta,
          positiveDelta,
          negativeSpan = [],
          positiveSpan = [],
          ...rest
        } = decoded;
        expect(rest).toEqual({
          count: 1,
          sum,
          schema: value.schema,
          zeroThreshold: value.zeroThreshold,
          zeroCount: value.zeroCount,
          exemplars:
            value.exemplars.length === 0 ? undefined : value.exemplars.map(decodedExemplar),
        });
        expect(absolute(negativeDelta)).toEqual(value.negative.counts);
        expect(absolute(positiveDelta)).toEqual(value.positive.counts);
        expect(negativeSpan).toEqual(value.negative.spans);
        const isBare = value.zeroThreshold === 0 && value.zeroCount === 0;
        const isEmpty = isBare && value.positive.counts.length + value.negative.counts.length === 0;
        expect(positiveSpan).toEqual(isEmpty ? [{ offset: 0, length: 0 }] : value.positive.spans);
      }),
    );
  });

  it("of classic histograms of any size", () => {
    const bounds = fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      maxLength: 60,
      comparator: "SameValueZero",
    });
    fc.assert(
      fc.property(bounds, fc.infiniteStream(fc.nat(2 ** 40)), labels, (unsorted, stream, pairs) => {
        const sorted = unsorted.sort((a, b) => a - b);
        const perBucket = [...sorted, Number.POSITIVE_INFINITY].map(() => stream.next().value);
        const value = histogram({ bounds: sorted, counts: perBucket, sum: 0.5 });
        const [decoded] = page((sink) => {
          sink.family(family("histogram"));
          sink.histogram(series(pairs), value);
          sink.histogram(series(pairs), value);
        }, "allow-utf-8");
        let count = 0;
        const bucket = sorted.map((upperBound, i) => {
          count += perBucket[i]!;
          return { cumulativeCount: count, upperBound };
        });
        const wanted = {
          label: decodedLabels(pairs),
          histogram: {
            count: value.count,
            sum: 0.5,
            bucket: bucket.length === 0 ? undefined : bucket,
          },
        };
        expect(decoded!.metric).toEqual([wanted, wanted]);
      }),
    );
  });

  it("of lone surrogates, as replacement characters", () => {
    expect(metric("gauge", (sink) => sink.gauge(series([["l", "a\udc00b"]]), 1)).label).toEqual([
      { name: "l", value: "a\ufffdb" },
    ]);
  });
});
