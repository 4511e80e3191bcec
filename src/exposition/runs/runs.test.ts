import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recordDuration } from "../../instruments/timer.ts";
import type { EscapingScheme } from "../../model/escaping.ts";
import type { SampleSink, SeriesHead } from "../../model/sample-sink.ts";
import type { HistogramShape, SeriesRun } from "../../model/series-run.ts";
import { Registry } from "../../registry/registry.ts";
import { FORMATS, type FormatName } from "../formats.ts";
import type { PageOptions, PageSink } from "../render.ts";
import { PageMemory } from "./page-memory.ts";

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A sink, and how many series it has been given. */
interface Counted {
  readonly sink: SampleSink;
  series: number;
}

/** Calls for one series at a time, and does without anything that a sink keeps. */
function seamOf(sink: PageSink): Counted {
  const counted = { sink: calls(sink, bare), series: 0 };
  function bare(head: SeriesHead) {
    counted.series += 1;
    return {
      ...head,
      labelValues: head.labelValues,
      created: head.created,
      tenancy: head.tenancy,
      run: undefined,
    };
  }
  return counted;
}

/** Runs where the sink has a loop for them. */
function runsOf(sink: PageSink): Counted {
  const counted = { sink: { ...calls(sink, one), numbers, histograms }, series: 0 };
  function one(head: SeriesHead) {
    counted.series += 1;
    return head;
  }
  function numbers(run: SeriesRun) {
    const to = sink.numbers!(run);
    counted.series += to - run.from;
    return to;
  }
  function histograms(run: SeriesRun, shape: HistogramShape) {
    const to = sink.histograms!(run, shape);
    counted.series += to - run.from;
    return to;
  }
  return counted;
}

function calls(sink: PageSink, bare: (head: SeriesHead) => SeriesHead): SampleSink {
  return {
    hasLines: sink.hasLines ?? false,
    family: (family) => sink.family(family),
    counter: (head, ...rest) => sink.counter(bare(head), ...rest),
    gauge: (head, value) => sink.gauge(bare(head), value),
    histogram: (head, value) => sink.histogram(bare(head), value),
    summary: (head, value) => sink.summary(bare(head), value),
    info: (head) => sink.info(bare(head)),
    stateSet: (head, value) => sink.stateSet(bare(head), value),
    unknown: (head, value) => sink.unknown(bare(head), value),
  };
}

/** Something that happens before a visit, or while one is paused. */
interface Step {
  readonly kind: "update" | "remove" | "clear" | "reset" | "wait" | "visit";
  readonly series: number;
  readonly value: number;
  readonly hasExemplar: boolean;
}

const steps: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 20, arbitrary: fc.constant("update" as const) },
    { weight: 4, arbitrary: fc.constantFrom("remove" as const, "visit" as const) },
    { weight: 1, arbitrary: fc.constantFrom("clear" as const, "reset" as const, "wait" as const) },
  ),
  series: fc.nat(20),
  value: fc.oneof(
    { weight: 3, arbitrary: fc.nat(100_000) },
    { weight: 1, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constantFrom(0, -0, 2 ** 31, 2 ** 40, 1e21, 0.25, -1.5, 1e-9) },
  ),
  hasExemplar: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
});

const hardValue = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom('"', "\\", "\n", "é🗿", ""),
);
const plainValue = fc.stringMatching(/^[\x20!#-[\]-~]{0,12}$/);
const values = fc
  .constantFrom(hardValue, plainValue)
  .chain((value) => fc.array(value, { minLength: 21, maxLength: 21 }));

interface Plan {
  readonly name: string;
  readonly labels: readonly string[];
  readonly constant: boolean;
  readonly values: readonly string[];
  readonly buckets: readonly number[];
  readonly limit: number;
  readonly expires: boolean;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  name: fc.constantFrom("x", "jobs.done", "é"),
  labels: fc.constantFrom([], ["a"], ["a", "b.c"]),
  constant: fc.boolean(),
  values,
  buckets: fc.constantFrom([], [1], [-1, 0.5, 3, 1000], [0.005, 0.01, 0.025, 0.05, 0.1, 1, 2.5, 5]),
  limit: fc.constantFrom(5, 1000),
  expires: fc.boolean(),
});

/** Metrics of all types, with the same updates. */
class Subject {
  private ms = 1_700_000_000_000;
  private readonly plan: Plan;
  private readonly registry: Registry;
  readonly metrics: ReturnType<typeof metricsOf>;

  constructor(plan: Plan) {
    this.plan = plan;
    const labels = plan.constant ? { service: 'a"b' } : {};
    const now = () => this.ms;
    this.registry = new Registry({ utf8: true, strict: false, labels, now });
    this.metrics = metricsOf(this.registry, plan);
  }

  take({ kind, series, value, hasExemplar }: Step): void {
    const { labels, values } = this.plan;
    const pairs = labels.map((name, i) => [name, i === 0 ? values[series]! : values[20 - series]!]);
    const set = Object.fromEntries(pairs);
    const { counter, gauge, histogram, native, summary, states } = this.metrics;
    const options = hasExemplar ? { exemplar: { id: `${series}` } } : undefined;
    this.ms += 1;
    if (kind === "wait") this.ms += 40_000;
    for (const metric of Object.values(this.metrics)) {
      if (kind === "remove") metric.remove(set);
      if (kind === "clear") metric.clear();
    }
    if (kind === "reset") this.registry.reset();
    if (kind !== "update") return;
    counter.labels(set).inc(Math.abs(value), options);
    gauge.labels(set).set(value);
    // Durations that the library has clocked are added up apart.
    const isDuration = Number.isInteger(value) && value >= 0;
    if (isDuration) recordDuration(histogram.labels(set), value * 1e6, options);
    else histogram.labels(set).observe(value, options);
    native.labels(set).observe(value, options);
    summary.labels(set).observe(value);
    states.labels(set).set("on", value > 5);
  }
}

function metricsOf(registry: Registry, { name, labels, buckets, limit, expires }: Plan) {
  const options = (suffix: string) => ({
    name: name + suffix,
    help: "Help.",
    labels,
    limit,
    ...(expires && { expireAfterSeconds: 60 }),
  });
  return {
    counter: registry.counter(options("")),
    gauge: registry.gauge(options("_gauge")),
    histogram: registry.histogram({ ...options("_classic"), buckets }),
    native: registry.histogram({ ...options("_native"), buckets, native: true }),
    summary: registry.summary(options("_summary")),
    states: registry.stateSet({ ...options("_states"), states: ["on", "off"] }),
  };
}

const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];
const SCHEMES: readonly EscapingScheme[] = ["allow-utf-8", "underscores", "dots", "values"];

const formats = fc.record({
  format: fc.constantFrom(...FORMAT_NAMES),
  escaping: fc.constantFrom(...SCHEMES),
  createdSamples: fc.boolean(),
});

/**
 * Visits twice at the same time, by runs and by the seam. Whatever happens in a pause happens for both, when they have
 * written the same series: by the seam there are more pauses.
 */
async function bothPages(
  { metrics }: { readonly metrics: object },
  { format, ...options }: { format: FormatName } & PageOptions,
  onPause: () => void,
  memory?: PageMemory,
): Promise<[runs: Uint8Array, seam: Uint8Array]> {
  memory?.begin();
  const byRuns = await FORMATS[format].open({ ...options, memory });
  const bySeam = await FORMATS[format].open(options);
  for (const metric of Object.values(metrics)) {
    const source = metric as unknown as { visit(sink: SampleSink): Iterator<void> };
    const [runs, seam] = [runsOf(byRuns), seamOf(bySeam)];
    const visits = [runs, seam].map((one) => ({ one, visit: source.visit(one.sink) }));
    for (let going = visits; going.length > 0; ) {
      const least = Math.min(...going.map(({ one }) => one.series));
      going = going.filter(({ one, visit }) => one.series > least || !visit.next().done);
      if (runs.series === seam.series) onPause();
    }
  }
  return [byRuns.finish(), bySeam.finish()];
}

test("runs print what the seam prints, whatever happens before and during a visit", async () => {
  const cases = fc.record({
    plan: plans,
    formats: fc.array(formats, { minLength: 1, maxLength: 4 }),
    steps: fc.array(steps, { maxLength: 60 }),
    paused: fc.array(steps, { maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ plan, formats, steps, paused }) => {
      const subject = new Subject(plan);
      const memory = new PageMemory(1e6);
      const pauses = [...paused];
      const visit = async () => {
        for (const page of formats) {
          const [runs, seam] = await bothPages(
            subject,
            page,
            () => {
              const step = pauses.pop();
              if (step !== undefined) subject.take(step);
            },
            memory,
          );
          expect(Buffer.from(runs).toString("latin1")).toBe(Buffer.from(seam).toString("latin1"));
        }
      };
      for (const step of steps) {
        if (step.kind === "visit") await visit();
        else subject.take(step);
      }
      await visit();
    }),
    { numRuns: Number(process.env.RUNS_CASES ?? 200) },
  );
});

test("a run of thousands of series is what the seam prints, scrape after scrape", async () => {
  const registry = new Registry();
  const metrics = metricsOf(registry, {
    name: "x",
    labels: ["a", "b"],
    constant: false,
    values: [],
    buckets: [1, 10, 100],
    limit: 10_000,
    expires: false,
  });
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 2100; i += 1 + round) {
      const labels = { a: `${i % 7}`, b: `${i}` };
      metrics.counter.inc(labels, 10 ** (i % 12));
      metrics.gauge.set(labels, i / 8);
      metrics.histogram.observe(labels, i);
    }
    for (const format of FORMAT_NAMES) {
      const page = { format, escaping: "underscores", createdSamples: false } as const;
      const [runs, seam] = await bothPages({ metrics }, page, () => {});
      expect(Buffer.compare(runs, seam)).toBe(0);
    }
    for (let i = 0; i < 2100; i += 50) metrics.counter.remove({ a: `${i % 7}`, b: `${i}` });
  }
});

/** What happens to series of a large family before a page, or while one is paused. */
interface Change {
  readonly kind: "some" | "all" | "grow" | "remove" | "exemplar" | "reset" | "clear";
  readonly from: number;
  readonly step: number;
  readonly value: number;
}

const changes: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom<Change["kind"][]>(
    "some",
    "all",
    "grow",
    "remove",
    "exemplar",
    "reset",
    "clear",
  ),
  from: fc.nat(800),
  step: fc.integer({ min: 1, max: 300 }),
  value: fc.oneof(fc.nat(20), fc.double(), fc.constantFrom(-0, 0, Number.NaN, 1e300, 999, 0.001)),
});

test("what is kept of the last pages never shows, however much is kept", async () => {
  const cases = fc.record({
    // Of some, the last lines that fit leave only a few bytes.
    keepBytes: fc.oneof(
      fc.constantFrom(0, 40_000, 100_000, 1e9),
      fc.integer({ min: 14_900, max: 15_100 }),
    ),
    labels: fc.constantFrom<string[][]>(["a"], ["a", "b"]),
    // With the longest labels, lines that are kept together have almost as many bytes as are written at once.
    padding: fc.constantFrom("", "", "x".repeat(170)),
    pages: fc.array(
      fc.record({
        page: formats,
        before: fc.array(changes, { maxLength: 3 }),
        paused: fc.array(changes, { maxLength: 2 }),
      }),
      { minLength: 3, maxLength: 10 },
    ),
    isMixed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ keepBytes, labels, padding, pages, isMixed }) => {
      let ms = 1_700_000_000_000;
      const registry = new Registry({ strict: false, now: () => ms });
      const options = { help: "Help.", labels, limit: 750 };
      const counter = registry.counter({ ...options, name: "x" });
      const gauge = registry.gauge({ ...options, name: "y", expireAfterSeconds: 60 });
      const change = ({ kind, from, step, value }: Change) => {
        ms += 7001;
        if (kind === "reset") return registry.reset();
        if (kind === "clear") return counter.clear();
        const every = kind === "all" || kind === "grow" ? 1 : step;
        for (let i = kind === "all" ? 0 : from; i < 800; i += every) {
          const set = { a: `${i}${padding}`, b: `${i % 3}` };
          const own = Object.fromEntries(labels.map((name) => [name, set[name as "a"]]));
          if (kind === "remove") counter.remove(own);
          else if (kind === "exemplar") counter.inc(own, 1, { exemplar: { id: "1" } });
          else counter.inc(own, kind === "grow" ? 10 ** (i % 9) : Math.abs(value));
          if (kind === "remove") gauge.remove(own);
          else gauge.set(own, kind === "grow" ? i / 8 : value);
        }
      };
      change({ kind: "all", from: 0, step: 1, value: 1 });
      const memory = new PageMemory(keepBytes);
      for (const { page, before, paused } of pages) {
        for (const one of before) change(one);
        const pauses = [...paused];
        const onPause = () => {
          const one = pauses.pop();
          if (one !== undefined) change(one);
        };
        const shown = isMixed ? page : pages[0]!.page;
        const both = await bothPages({ metrics: { counter, gauge } }, shown, onPause, memory);
        expect(Buffer.compare(...both)).toBe(0);
        expect(memory.used).toBeLessThanOrEqual(keepBytes);
      }
    }),
    { numRuns: Number(process.env.RUNS_CASES ?? 50) },
  );
});
