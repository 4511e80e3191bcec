import { describe, expect, test, vi } from "vitest";
import { Registry } from "../src/index.ts";
import { escapeLabelName, escapeMetricName } from "../src/model/escaping.ts";
import type { Family } from "../src/model/family.ts";
import type { SampleSink, SeriesHead } from "../src/model/sample-sink.ts";
import { ESCAPINGS, FORMATS, readPage } from "./page-of-any-format.ts";
import { thrown } from "./thrown.ts";

/** Reads the page in every format, into a form that all formats share. */
async function readPages(registry: Registry) {
  return Promise.all(FORMATS.map((format) => readPage(registry, format, "allow-utf-8")));
}

/** For each type with labels, a function that updates a series with a value of `label`. */
function updates(registry: Registry, label: string, limit = 10_000) {
  const options = { help: "", labels: [label], limit };
  const counter = registry.counter({ ...options, name: "counter" });
  const gauge = registry.gauge({ ...options, name: "gauge" });
  const histogram = registry.histogram({
    ...options,
    name: "histogram",
    buckets: [],
    native: true,
  });
  const summary = registry.summary({ ...options, name: "summary", quantiles: [0.5] });
  const stateSet = registry.stateSet({ ...options, name: "states", states: ["on"] });
  const take = (value: unknown) => ({ [label]: value as string });
  return {
    counter: (value: unknown) => counter.inc(take(value)),
    gauge: (value: unknown) => gauge.inc(take(value)),
    histogram: (value: unknown) => histogram.observe(take(value), 1),
    summary: (value: unknown) => summary.observe(take(value), 1),
    states: (value: unknown) => stateSet.set(take(value), "on", true),
    "held series": (value: unknown) => counter.labels(take(value)).inc(),
    removal: (value: unknown) => gauge.remove(take(value)),
  };
}

const everyTrapThrows = new Proxy(
  {},
  new Proxy(
    {},
    {
      get: () => () => {
        throw new Error("hands off");
      },
    },
  ),
);

const WRONG: readonly [string, unknown][] = [
  ["undefined", undefined],
  ["null", null],
  ["a bigint", 5n],
  ["a symbol", Symbol("s")],
  ["an object", {}],
  ["an object that has a text", { toString: () => 'x"} 1\nevil 2' }],
  ["an object that nothing can be asked of", everyTrapThrows],
  ["an array", ['x"} 1\nevil 2']],
  ["a boxed string", new String("x")],
  ["a date", new Date(0)],
  ["a function", () => "x"],
];

describe("an invalid label value", () => {
  test.each(WRONG)(
    "%s is refused everywhere, and no page shows a trace of it",
    async (_, value) => {
      const registry = new Registry();
      const info = registry.info({ name: "facts", help: "" });
      const tries = {
        ...updates(registry, "tenant"),
        fact: (wrong: unknown) => info.set({ tenant: wrong as string }),
        "constant label": (wrong: unknown) => new Registry({ labels: { tenant: wrong as string } }),
        "initial label set": (wrong: unknown) =>
          registry.counter({
            name: "c",
            help: "",
            labels: ["tenant"],
            initial: [{ tenant: wrong as string }],
          }),
      };
      for (const [where, attempt] of Object.entries(tries)) {
        const { code, message } = thrown(() => attempt(value));
        expect(code, where).toBe("NARTHEX_LABEL_VALUE_INVALID");
        expect(message, where).toContain('"tenant"');
      }
      for (const { samples } of await readPages(registry)) expect(samples).toEqual([]);
    },
  );

  test("makes no message long, whatever its size or that of the labels", () => {
    const { counter } = updates(new Registry(), "tenant");
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`label ${i}`, "x"]));
    const gauge = new Registry().gauge({ name: "g", help: "", labels: ["a"] });
    for (const attempt of [
      () => counter(["x".repeat(1e6)]),
      () => gauge.set({ ["x".repeat(1e6)]: "x" } as never, 1),
      () => gauge.set("x".repeat(1e6) as never, 1),
      () => gauge.set(many as never, 1),
      () => gauge.set({ a: "x" }, "x".repeat(1e6) as never),
    ]) {
      expect(thrown(attempt).message.length).toBeLessThan(1000);
    }
  });
});

const EVERY_CHARACTER = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
  .join("")
  .toWellFormed();
const LINES = '\n# EOF\n# TYPE evil counter\nevil 1\r\n"} 2 # {evil="1"} 2\n\\';

const TEXTS: readonly [string, string][] = [
  ["every character there is in 16 bits", EVERY_CHARACTER],
  ["lines of a page", LINES],
  ["a byte order mark", "\ufeffx"],
  ["nothing", ""],
  ["a megabyte of letters", "x".repeat(1e6)],
  ["a megabyte that is escaped here and there", 'a line of some length\n"\\'.repeat(4e4)],
  ["a megabyte of emojis", "🔥".repeat(250_000)],
];

describe.each(TEXTS)("a text of %s", { timeout: 120_000 }, (_, hostile) => {
  test("comes back from the page of every format as it was, from wherever it stands", async () => {
    const registry = new Registry({ labels: { constant: hostile } });
    for (const update of Object.values(updates(registry, "tenant"))) update(hostile);
    registry.info({ name: "facts", help: "" }).set({ tenant: hostile });
    registry.gauge({ name: "helped", help: hostile, labels: ["tenant"] }).set({ tenant: "" }, 1);
    for (const { format, helps, samples } of await readPages(registry)) {
      // The gauge is missing because its series was removed again.
      expect(new Set(samples.map(({ family }) => family)), format).toEqual(
        new Set(["counter_total", "histogram", "summary", "states", "facts_info", "helped"]),
      );
      expect(helps.get("helped") === hostile, format).toBe(true);
      for (const { family, labels } of samples) {
        expect(labels.constant === hostile, format).toBe(true);
        if (family !== "helped") expect(labels.tenant === hostile, format).toBe(true);
      }
    }
  });
});

test("lone surrogates become one and the same character, before series are told apart", async () => {
  const registry = new Registry({ labels: { constant: "\udc00" } });
  const tries = updates(registry, "tenant");
  for (const value of ["a\ud800b", "a\udfffb", "a\ufffdb"]) {
    for (const update of [tries.counter, tries.histogram, tries.summary, tries.states]) {
      update(value);
    }
  }
  registry.info({ name: "facts", help: "a\ud800b" }).set({ tenant: "a\ud800b" });
  for (const { format, helps, samples } of await readPages(registry)) {
    expect(helps.get("facts_info"), format).toBe("a\ufffdb");
    for (const { labels } of samples) {
      expect(labels, format).toMatchObject({ constant: "\ufffd", tenant: "a\ufffdb" });
    }
    expect(samples.find(({ family }) => family === "counter_total")?.value, format).toBe(3);
  }
});

const NAMES = [
  'quotes "x" {a="b"} 1',
  "a newline\n# EOF\nevil 1",
  "backslashes \\ \\n \\",
  "0 digits, blanks\t and \0",
  "a.b:c-d/e",
  "🔥 ü 佖",
  "__proto__",
  " ",
];

describe.each(NAMES)("a metric and a label called %j", (name) => {
  const label = name.replace(/^__/, "x");
  // Its name is also a label name, and those are escaped without colons.
  const stateSet = `${name.replace(":", "")}4`;

  test.each(FORMATS)("can be read from %s under every escaping scheme", async (format) => {
    for (const wanted of ESCAPINGS) {
      const registry = new Registry({ utf8: true });
      const options = { help: "", labels: [label] };
      registry.counter({ ...options, name: `${name}1` }).inc({ [label]: "x" });
      registry.histogram({ ...options, name: `${name}2` }).observe({ [label]: "x" }, 1);
      registry.info({ name: `${name}3`, help: "" }).set({ [label]: "x" });
      const states = registry.stateSet({ ...options, name: stateSet, states: [name] });
      states.set({ [label]: "x" }, name, true);
      const { escaping, helps, samples } = await readPage(registry, format, wanted);
      expect([...helps.keys()]).toEqual(
        [`${name}1_total`, `${name}2`, `${name}3_info`, stateSet].map((exposed) =>
          escapeMetricName(exposed, escaping),
        ),
      );
      const labels = { [escapeLabelName(label, escaping)]: "x" };
      for (const sample of samples) expect(sample.labels).toMatchObject(labels);
      expect(samples.at(-1)?.labels).toEqual({
        ...labels,
        [escapeLabelName(stateSet, escaping)]: name,
      });
    }
  });
});

test("a million distinct values meet their limits: every page is small, and no update is lost", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
  const registry = new Registry();
  const info = registry.info({ name: "facts", help: "" });
  const { removal: _, "held series": held, ...tries } = updates(registry, "tenant", 100);
  for (let i = 0; i < 200_000; i += 1) {
    const value = `a value that nobody has seen before: ${i}`;
    for (const update of Object.values(tries)) update(value);
    if (i % 100 === 0) info.set({ tenant: value });
  }
  for (const { format, body, samples } of await readPages(registry)) {
    expect(body.length, format).toBeLessThan(500_000);
    const of = (name: string) => samples.filter(({ family }) => family === name);
    for (const name of ["counter_total", "gauge", "histogram", "summary", "states"]) {
      const tenants = of(name).map(({ labels }) => labels.tenant);
      expect(new Set(tenants).size, format).toBe(101);
    }
    expect(of("facts_info"), format).toHaveLength(1);
    for (const name of ["counter_total", "gauge"]) {
      const sum = of(name).reduce((sum, { value }) => sum + Number(value), 0);
      expect(sum, format).toBe(200_000);
    }
  }
  expect(warned).toHaveBeenCalledTimes(5);
  warned.mockRestore();
});

describe("a user's own source that gives nonsense is left off the page of every format", () => {
  const family: Family = { name: "f", help: "", type: "gauge" };
  const head: SeriesHead = {
    labelNames: ["a"],
    labelValues: ["x"],
    created: Number.NaN,
    timestamp: Number.NaN,
    slot: 0,
    tenancy: 0,
  };
  const gaugeOf =
    (values: object, value: unknown = 1) =>
    (sink: SampleSink) => {
      sink.family(family);
      sink.gauge({ ...head, ...values }, value as number);
    };
  const familyOf = (wrong: object) => (sink: SampleSink) => {
    sink.family({ ...family, ...wrong });
    sink.gauge(head, 1);
  };

  test.each<[string, (sink: SampleSink) => void]>([
    ...WRONG.map(([what, wrong]): [string, (sink: SampleSink) => void] => [
      `${what} for a label`,
      gaugeOf({ labelValues: [wrong] }),
    ]),
    ["a label value too few", gaugeOf({ labelValues: [] })],
    ["a label value too many", gaugeOf({ labelValues: ["x", "y"] })],
    ["a label without a name", gaugeOf({ labelNames: [""] })],
    ["a label name that is Prometheus's", gaugeOf({ labelNames: ["__name__"] })],
    ["a label name that is no text", gaugeOf({ labelNames: [5] })],
    ["null for a number", gaugeOf({}, null)],
    ["a text for a number", gaugeOf({}, "1\nevil 2")],
    ["a bigint for a number", gaugeOf({}, 5n)],
    ["undefined for a time", gaugeOf({ timestamp: undefined })],
    ["an infinite time", gaugeOf({ timestamp: Number.POSITIVE_INFINITY })],
    ["a text for a time", gaugeOf({ created: "1\nevil 2" })],
    ["no name", familyOf({ name: "" })],
    ["a name that is no text", familyOf({ name: 5 })],
    ["a name with a lone surrogate", familyOf({ name: "f\ud800" })],
    ["no help", familyOf({ help: undefined })],
    ["a help that is no text", familyOf({ help: { toString: () => "x\nevil 2" } })],
    ["a type that there is not", familyOf({ type: "gauge\nevil 2" })],
    ["a unit of two lines", familyOf({ name: "f_s\nevil 2", unit: "s\nevil 2" })],
  ])("%s", async (_, visit) => {
    const registry = new Registry();
    registry.gauge({ name: "healthy", help: "" });
    registry.register({ visit });
    for (const format of FORMATS) {
      const { helps } = await readPage(registry, format, "allow-utf-8");
      const families = [...helps.keys()].filter((name) => !name.startsWith("narthex_"));
      expect(families).toEqual(["healthy"]);
    }
    expect(await registry.text()).toContain("narthex_collect_errors_total{");
  });
});
