import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FormatName } from "../../src/exposition/formats.ts";
import { parse } from "../../src/exposition/parse/parse.ts";
import {
  type CounterSeries,
  type GaugeSeries,
  type HistogramSeries,
  NarthexError,
  Registry,
  type SummarySeries,
} from "../../src/index.ts";
import { acceptOf, FORMATS } from "../page-of-any-format.ts";
import { decodePage } from "../protobuf-page.ts";
import { type RecordedCounter, type RecordedSummary, record } from "../recording.ts";
import { parseTextPage } from "../text-page.ts";
import { fuzz, printSeed } from "./fuzz.ts";

printSeed();
beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

const EXPIRE_AFTER_SECONDS = 60;
const OVERFLOW = keyOf("_other", "_other");
/** Beyond 1,024 series a family looks its series up in another way. */
const MANY = 1030;

interface LabelSet {
  readonly a: string | number | boolean;
  readonly b: string | number | boolean;
}

function keyOf(a: unknown, b: unknown): string {
  return JSON.stringify([String(a).toWellFormed(), String(b).toWellFormed()]);
}

const anyLabelSet: fc.Arbitrary<LabelSet> = fc
  .tuple(
    fc.constantFrom("", "x", "y", 1, true, "\ud800", "\ufffd", '"} 1\n# EOF\n', "__proto__"),
    fc.constantFrom("", "x", "_other"),
    fc.boolean(),
  )
  .map(([a, b, isInOrder]) => (isInOrder ? { a, b } : { b, a }));

/** A family in which each update adds one to what its page shows. */
interface Subject {
  update(labels: LabelSet): void;
  /** The series to hold: asked for twice, the same one. */
  hold(labels: LabelSet): object;
  updateHeld(series: object): void;
  remove(labels: LabelSet): boolean;
  clear(): void;
}

interface Options {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly ["a", "b"];
  readonly limit: number;
  readonly expireAfterSeconds?: number;
}

function incremented(
  metric: ReturnType<typeof counterOf> | ReturnType<typeof gaugeOf>,
): Omit<Subject, "remove" | "clear"> {
  return {
    update: (labels) => metric.inc(labels),
    hold: (labels) => metric.labels(labels),
    updateHeld: (series) => (series as CounterSeries | GaugeSeries).inc(),
  };
}

function observed(
  metric: ReturnType<typeof histogramOf> | ReturnType<typeof summaryOf>,
): Omit<Subject, "remove" | "clear"> {
  return {
    update: (labels) => metric.observe(labels, 2),
    hold: (labels) => metric.labels(labels),
    updateHeld: (series) => (series as HistogramSeries | SummarySeries).observe(2),
  };
}

const counterOf = (registry: Registry, options: Options) => registry.counter(options);
const gaugeOf = (registry: Registry, options: Options) => registry.gauge(options);
const summaryOf = (registry: Registry, options: Options) => registry.summary(options);
/** With so many buckets that a scrape pauses every few series. */
const histogramOf = (registry: Registry, options: Options) =>
  registry.histogram({ ...options, buckets: Array.from({ length: 170 }, (_, i) => i) });
const nativeOf = (registry: Registry, options: Options) =>
  registry.histogram({ ...options, buckets: [], native: true });

const TYPES: Readonly<Record<string, (registry: Registry, options: Options) => Subject>> = {
  counter: (registry, options) => subject(counterOf(registry, options), incremented),
  gauge: (registry, options) => subject(gaugeOf(registry, options), incremented),
  histogram: (registry, options) => subject(histogramOf(registry, options), observed),
  native: (registry, options) => subject(nativeOf(registry, options), observed),
  summary: (registry, options) => subject(summaryOf(registry, options), observed),
};

function subject<M extends Pick<Subject, "remove" | "clear">>(
  metric: M,
  updates: (metric: M) => Omit<Subject, "remove" | "clear">,
): Subject {
  return {
    ...updates(metric),
    remove: (labels) => metric.remove(labels),
    clear: () => metric.clear(),
  };
}

/** The counts of the series of the family `m`, and of the updates past its limit. */
interface Counts {
  readonly series: ReadonlyMap<string, number>;
  readonly overflows: number;
}

async function countsOnPage(registry: Registry, format: FormatName): Promise<Counts> {
  const { body, contentType } = await registry.expose({ accept: acceptOf(format, "allow-utf-8") });
  if (format === "text-0.0.4")
    parseTextPage(new TextDecoder("utf-8", { fatal: true }).decode(body));
  const rows = format === "protobuf" ? protobufRows(body) : textRows(body, contentType);
  const own = rows.filter(({ family }) => /^m(_total)?$/.test(family));
  const series = new Map(own.map(({ labels, count }) => [keyOf(labels.a, labels.b), count]));
  expect(series.size, `series on the page of ${format}`).toBe(own.length);
  const overflows = rows.find(({ family }) => family.startsWith("narthex_overflow_updates"));
  return { series, overflows: overflows?.count ?? 0 };
}

interface Row {
  readonly family: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
}

function textRows(body: Uint8Array, contentType: string): Row[] {
  return record(parse(body, { contentType })).flatMap(({ name, series }) =>
    series.map(({ labels, value }) => ({
      family: name,
      labels: Object.fromEntries(labels),
      count: countOf(value as number | RecordedCounter | RecordedSummary),
    })),
  );
}

function countOf(value: number | RecordedCounter | RecordedSummary): number {
  if (typeof value === "number") return value;
  return "value" in value ? value.value : (value.count ?? Number.NaN);
}

interface ProtobufFamily {
  readonly name: string;
  readonly metric?: readonly {
    readonly label?: readonly { readonly name: string; readonly value: string }[];
    readonly counter?: { readonly value: number };
    readonly gauge?: { readonly value: number };
    readonly histogram?: { readonly sampleCount?: number; readonly count?: number };
    readonly summary?: { readonly count?: number };
  }[];
}

function protobufRows(body: Uint8Array): Row[] {
  return (decodePage(body) as unknown as ProtobufFamily[]).flatMap(({ name, metric = [] }) =>
    metric.map(({ label = [], counter, gauge, histogram, summary }) => ({
      family: name,
      labels: Object.fromEntries(label.map(({ name, value = "" }) => [name, value])),
      count: (counter ?? gauge)?.value ?? (histogram ?? summary)?.count ?? Number.NaN,
    })),
  );
}

interface Entry {
  readonly key: string;
  count: number;
  updatedAt: number;
  gone?: "removed" | "expired";
}

/** What the series of a family should be, by the plainest means. */
class Model {
  readonly entries = new Map<string, Entry>();
  readonly #limit: number;
  readonly #expires: boolean;
  #overflow: Entry | undefined;
  overflows = 0;
  now = 1.7e12;

  constructor({ limit, expireAfterSeconds }: Pick<Options, "limit" | "expireAfterSeconds">) {
    this.#limit = limit;
    this.#expires = expireAfterSeconds !== undefined;
  }

  update(entry: Entry): void {
    entry.count += 1;
    entry.updatedAt = this.now;
    if (entry === this.#overflow) this.overflows += 1;
  }

  entryOf(key: string): Entry {
    const entry = this.entries.get(key);
    if (entry !== undefined) return entry;
    if (this.#isFull) this.expire();
    if (!this.#isFull) return this.#add(key);
    this.#overflow ??= this.entries.get(OVERFLOW) ?? this.#add(OVERFLOW);
    return this.#overflow;
  }

  remove(key: string, gone: Entry["gone"] = "removed"): boolean {
    const entry = this.entries.get(key);
    if (entry === undefined) return false;
    entry.gone = gone;
    if (entry === this.#overflow) this.#overflow = undefined;
    return this.entries.delete(key);
  }

  clear(): void {
    for (const key of this.entries.keys()) this.remove(key);
  }

  expire(): void {
    if (!this.#expires) return;
    for (const { key, updatedAt } of this.entries.values()) {
      if (updatedAt + 1000 * EXPIRE_AFTER_SECONDS <= this.now) this.remove(key, "expired");
    }
  }

  get #isFull(): boolean {
    return this.entries.size - (this.#overflow === undefined ? 0 : 1) >= this.#limit;
  }

  #add(key: string): Entry {
    const entry = { key, count: 0, updatedAt: this.now };
    this.entries.set(key, entry);
    return entry;
  }
}

type Step =
  | { readonly do: "update" | "hold" | "remove"; readonly labels: LabelSet }
  | { readonly do: "update held"; readonly which: number }
  | { readonly do: "clear" }
  | { readonly do: "wait"; readonly seconds: number }
  | { readonly do: "scrape"; readonly format: FormatName };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: withLabels("update") },
  { weight: 3, arbitrary: withLabels("hold") },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("update held"), which: fc.nat(20) }) },
  { weight: 2, arbitrary: withLabels("remove") },
  { weight: 1, arbitrary: fc.constant({ do: "clear" } as const) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait"), seconds: fc.constantFrom(1, 30, 60) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("scrape"), format: fc.constantFrom(...FORMATS) }),
  },
) as fc.Arbitrary<Step>;

function withLabels(what: "update" | "hold" | "remove") {
  return fc.record({ do: fc.constant(what), labels: anyLabelSet });
}

/** A family, its model, and the scrapes that are under way. */
class Interleaving {
  readonly registry = new Registry({ now: () => this.#model.now });
  readonly #model: Model;
  readonly #subject: Subject;
  readonly #held: { readonly series: object; entry: Entry }[] = [];
  readonly #scrapes: Promise<void>[] = [];

  constructor(type: string, options: Pick<Options, "limit" | "expireAfterSeconds">) {
    this.#model = new Model(options);
    const labels = ["a", "b"] as const;
    this.#subject = TYPES[type]!(this.registry, { ...options, name: "m", help: "", labels });
  }

  take(step: Step): void {
    const model = this.#model;
    switch (step.do) {
      case "update":
        this.#subject.update(step.labels);
        model.update(model.entryOf(keyOf(step.labels.a, step.labels.b)));
        return;
      case "hold": {
        const series = this.#subject.hold(step.labels);
        const entry = model.entryOf(keyOf(step.labels.a, step.labels.b));
        // Whoever asks for a series again gets the same one, which comes and goes for both.
        this.#held.push(this.#held.find((held) => held.series === series) ?? { series, entry });
        return;
      }
      case "update held":
        this.#updateHeld(step.which);
        return;
      case "remove":
        expect(this.#subject.remove(step.labels)).toBe(
          model.remove(keyOf(step.labels.a, step.labels.b)),
        );
        return;
      case "clear":
        this.#subject.clear();
        model.clear();
        return;
      case "wait":
        model.now += 1000 * step.seconds;
        return;
      case "scrape":
        this.#scrapes.push(this.#scrape(step.format));
    }
  }

  #updateHeld(which: number): void {
    const held = this.#held[which % Math.max(1, this.#held.length)];
    if (held === undefined) return;
    this.#subject.updateHeld(held.series);
    // A series that expired comes back; one that was removed does not.
    if (held.entry.gone === "expired") held.entry = this.#model.entryOf(held.entry.key);
    if (held.entry.gone === undefined) this.#model.update(held.entry);
  }

  /** Whatever happens meanwhile, the page has each series that was there all the time, and no new one. */
  async #scrape(format: FormatName): Promise<void> {
    this.#model.expire();
    const before = new Map(
      [...this.#model.entries].map(([key, entry]) => [key, { entry, count: entry.count }]),
    );
    const { series } = await countsOnPage(this.registry, format);
    for (const [key, count] of series) {
      const from = before.get(key);
      expect(count, key).toBeGreaterThanOrEqual(from?.count ?? Number.POSITIVE_INFINITY);
      expect(count, key).toBeLessThanOrEqual(from!.entry.count);
    }
    for (const [key, { entry }] of before) {
      if (entry.gone === undefined) expect(series.has(key), key).toBe(true);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#scrapes);
    this.#model.expire();
    for (const format of FORMATS) {
      const { series, overflows } = await countsOnPage(this.registry, format);
      const expected = [...this.#model.entries].map(([key, { count }]) => [key, count] as const);
      expect(series, format).toEqual(new Map(expected));
      expect(overflows, format).toBe(this.#model.overflows);
    }
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Makes each pause that a scrape may take a real one. */
function pauseOften(): void {
  let time = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    time += 1;
    return time;
  });
}

describe("scrapes amid updates, removals, expiry and limits", { timeout: 600_000 }, () => {
  function agrees(type: string, limit: number, expires: boolean, steps: readonly Step[]) {
    const expiry = expires ? { expireAfterSeconds: EXPIRE_AFTER_SECONDS } : {};
    const interleaving = new Interleaving(type, { limit, ...expiry });
    return { interleaving, run };
    async function run() {
      for (const step of steps) {
        interleaving.take(step);
        // Two turns: in the first one, a scrape may still be loading its format.
        if (step.do === "scrape") await nextTurn();
        await nextTurn();
      }
      await interleaving.end();
    }
  }
  const input = fc.record({
    limit: fc.constantFrom(1, 4, 1000),
    expires: fc.boolean(),
    steps: fc.array(anyStep, { minLength: 10, maxLength: 80, size: "max" }),
  });

  beforeEach(async () => {
    for (const format of FORMATS) await countsOnPage(new Registry(), format);
    pauseOften();
  });

  test.each(Object.keys(TYPES))("a %s agrees with a Map", async (type) => {
    await fuzz(12, input, async ({ limit, expires, steps }) => {
      const { run } = agrees(type, limit, expires, steps);
      await run();
    });
  });

  test("a family of many series agrees with a Map", async () => {
    await fuzz(6, input, async ({ limit, expires, steps }) => {
      const { interleaving, run } = agrees("counter", MANY + limit, expires, steps);
      for (let i = 0; i < MANY; i += 1) {
        interleaving.take({ do: "update", labels: { a: i + 2, b: "of many" } });
      }
      await run();
    });
  });
});

class Refused extends Error {}

/** A label object, or what is none; `sure` is the series that it names, where it can't lie. */
interface Hostile {
  readonly what: string;
  readonly make: (update: () => void) => unknown;
  readonly sure?: string;
}

const anyText = fc.constantFrom("", "x", "y", "z", "\ud800", "_other", "x".repeat(10_000));
const anyWrong = fc.constantFrom<unknown[]>(
  ...[undefined, null, 5n, Symbol("s"), {}, ["x"], new String("x"), () => "x"],
);

/** Gives one value after the other, and the last one from then on. */
function lies(values: readonly string[]): () => string {
  let reads = 0;
  return () => {
    reads += 1;
    return values[Math.min(reads, values.length) - 1]!;
  };
}

const anyLies = fc.array(anyText, { minLength: 1, maxLength: 6 });

const anyHostile: fc.Arbitrary<Hostile> = fc.oneof(
  fc.tuple(anyText, anyText, fc.nat(5)).map(([a, b, form]) => ({
    what: `honest ${form}: ${keyOf(a, b).slice(0, 50)}`,
    sure: keyOf(a, b),
    make: () =>
      [
        { a, b },
        { b, a },
        Object.freeze({ a, b, [Symbol("c")]: "c" }),
        Object.assign(Object.create(null), { a, b }),
        new Proxy({ a, b }, {}),
        new (class {
          a = a;
          b = b;
        })(),
      ][form],
  })),
  fc.tuple(anyLies, anyLies).map(([first, second]) => ({
    what: `getters that lie: ${JSON.stringify([first, second]).slice(0, 80)}`,
    make: () => {
      const [a, b] = [lies(first), lies(second)];
      return {
        get a() {
          return a();
        },
        get b() {
          return b();
        },
      };
    },
  })),
  fc.tuple(anyText, anyText, fc.nat(5)).map(([a, b, calm]) => ({
    what: `a getter that throws after ${calm} reads`,
    make: () => {
      let reads = 0;
      return {
        a,
        get b() {
          reads += 1;
          if (reads > calm) throw new Refused();
          return b;
        },
      };
    },
  })),
  fc.tuple(anyText, anyText, fc.boolean()).map(([a, b, isFirst]) => ({
    what: `a getter that updates the family: ${keyOf(a, b).slice(0, 50)}`,
    sure: keyOf(a, b),
    make: (update: () => void) => ({
      get a() {
        if (isFirst) update();
        return a;
      },
      get b() {
        update();
        return b;
      },
    }),
  })),
  fc
    .tuple(anyLies, fc.array(fc.subarray(["a", "b", "c"]), { minLength: 1 }))
    .map(([values, keys]) => ({
      what: "a proxy that lies",
      make: () => {
        const value = lies(values);
        let asked = 0;
        return new Proxy({} as Record<string, string>, {
          get: value,
          has: () => asked % 2 === 0,
          ownKeys: () => {
            asked += 1;
            return keys[asked % keys.length]!;
          },
          getOwnPropertyDescriptor: () => ({
            value: value(),
            enumerable: true,
            configurable: true,
          }),
        });
      },
    })),
  fc.tuple(anyText, fc.nat(12)).map(([text, calm]) => ({
    what: `a proxy that throws after ${calm} questions`,
    make: () => {
      let questions = 0;
      const trap = (_: unknown, name: keyof typeof Reflect) => {
        questions += 1;
        if (questions > calm) throw new Refused();
        return Reflect[name];
      };
      return new Proxy({ a: text, b: text }, new Proxy({}, { get: trap }));
    },
  })),
  fc.tuple(anyText, anyWrong).map(([a, b]) => ({
    what: "a wrong value",
    make: () => ({ a, b }),
  })),
  fc.constantFrom<Hostile>(
    { what: "a label too many", make: () => ({ a: "x", b: "x", c: "x" }) },
    { what: "a label too few", make: () => ({ a: "x" }) },
    { what: "labels of a class", make: () => new Labels() },
    {
      what: "an inherited label",
      make: () => Object.assign(Object.create({ a: "x" }), { b: "x" }),
    },
    { what: "a list", make: () => ["x", "x"] },
    { what: "a text", make: () => "ab" },
    { what: "null", make: () => null },
    { what: "a function", make: () => () => ({ a: "x", b: "x" }) },
  ),
);

class Labels {
  get a() {
    return "x";
  }
  get b() {
    return "x";
  }
}

describe("label objects that lie, throw, and update the family amid an update", () => {
  const hostiles = fc.array(fc.tuple(anyHostile, anyLabelSet, fc.nat(2)), {
    minLength: 1,
    maxLength: 40,
    size: "max",
  });

  test.each([
    ["a small family", 0],
    ["a family of many series", MANY],
  ])(
    "%s: every update counts once or is refused, and none goes to another series",
    async (_, many) => {
      await fuzz(many === 0 ? 60 : 15, hostiles, async (updates) => {
        const registry = new Registry();
        const counter = registry.counter({ name: "m", help: "", labels: ["a", "b"], limit: 5000 });
        const sure = new Map<string, number>();
        let total = many;
        const counted = (key: string | undefined) => {
          total += 1;
          if (key !== undefined) sure.set(key, (sure.get(key) ?? 0) + 1);
        };
        for (let i = 0; i < many; i += 1) counter.inc({ a: `${i}`, b: "of many" });
        for (const [{ make, sure: key }, inner, way] of updates) {
          const labels = make(() => {
            counter.inc(inner as never);
            counted(keyOf(inner.a, inner.b));
          });
          try {
            if (way === 0) counter.labels(labels as never).inc();
            else counter.inc(labels as never);
            counted(key);
          } catch (error) {
            if (error instanceof NarthexError && key === undefined) continue;
            if (!(error instanceof Refused || error instanceof TypeError)) throw error;
          }
        }
        for (const format of FORMATS) {
          const { series } = await countsOnPage(registry, format);
          expect([...series.values()].reduce((sum, count) => sum + count, 0)).toBe(total);
          for (const [key, count] of sure) {
            expect(series.get(key), key.slice(0, 50)).toBeGreaterThanOrEqual(count);
          }
        }
      });
    },
  );
});

test.each([10, MANY])(
  "a provider of exemplars may update the families itself, of %d series",
  async (many) => {
    const registry = new Registry();
    const options = { help: "", labels: ["a"] } as const;
    const counter = registry.counter({ ...options, name: "c" });
    const histogram = registry.histogram({ ...options, name: "h" });
    const update = (a: string) => {
      counter.inc({ a });
      histogram.observe({ a }, 1);
    };
    for (let i = 0; i < many; i += 1) update(`${i}`);
    let isInner = false;
    registry.exemplars(() => {
      if (isInner) return undefined;
      isInner = true;
      update("2");
      isInner = false;
      return { trace_id: "x" };
    });
    update("1");
    const { value } = parseTextPage(await registry.text());
    for (const name of ["c_total", "h_count"]) {
      expect([value(name, { a: "1" }), value(name, { a: "2" })], name).toEqual([2, 3]);
    }
  },
);
