import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Counter, CounterOptions, StopTimerWith } from "../index.ts";
import { Registry } from "../index.ts";

// tsc checks this file, too: a line under @ts-expect-error must not compile.

const registry = new Registry({ strict: true });
const logins = registry.counter({
  name: "logins",
  help: "",
  labels: { outcome: ["ok", "failed"], method: ["token", "password"] },
});
const jobs = registry.histogram({
  name: "jobs",
  help: "",
  labels: { outcome: ["ok", "failed"], queue: String },
  initial: [{ outcome: "ok", queue: "mail" }],
});

/** The lines of a metric's series, without those of their metadata. */
async function lines(of: Registry): Promise<string[]> {
  return (await of.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** A strict registry, and a counter of it whose labels are all closed. */
function closed(strict = true) {
  const registry = new Registry({ strict });
  const labels = { outcome: ["ok", "failed"], method: ["token"] } as const;
  return { registry, counter: registry.counter({ name: "c", help: "", labels }) };
}

test("the values of closed labels are typed", () => {
  const counter: Counter<{ outcome: "ok" | "failed"; method: "token" | "password" }> = logins;
  counter.inc({ outcome: "ok", method: "token" });
  const end: StopTimerWith<{ outcome: "ok" | "failed" }> = jobs.startTimer({ queue: 5 });
  end({ outcome: "ok" });
  jobs.time(
    { queue: "mail" },
    () => 1,
    () => ({ outcome: "ok" }),
  );
  jobs.time(
    { queue: "mail" },
    () => 1,
    (end) => ({ outcome: "error" in end ? "failed" : "ok" }),
  );
  const modes = {
    name: "modes",
    help: "",
    states: ["on"],
    labels: { zone: ["eu", "us"] },
  } as const;
  registry.stateSet(modes).set({ zone: "eu" }, "on", true);
  registry.counter({ name: "plain", help: "", labels: {} }).inc(2);
});

test("a metric has labels where TypeScript does not know their names", () => {
  type Values = Record<string, readonly string[] | StringConstructor>;
  const wide: Values = { outcome: ["ok"] };
  const names: Record<string, string[]> = wide as Record<string, string[]>;
  const isNamed = wide.outcome !== undefined;
  const options = { name: "wide", help: "" };
  const counter: Counter<string> = registry.counter({ ...options, labels: wide });
  counter.inc({ outcome: "ok" });
  registry.counter({ ...options, labels: names }).inc({ outcome: "ok" });
  registry.counter({ ...options, labels: isNamed ? wide : undefined }).inc({ outcome: "ok" });
  const open = { name: "conditional", help: "" };
  registry
    .gauge({ ...open, labels: isNamed ? { zone: ["eu"] } : undefined })
    .set({ zone: "eu" }, 1);
  registry
    .histogram({ name: "either", help: "", labels: isNamed ? { zone: ["eu"] } : { zone: String } })
    .observe({ zone: "eu" }, 1);
  registry.summary({ name: "none", help: "", labels: undefined }).observe(1);
  expect(counter.size).toBe(1);
});

describe("what does not compile is refused at run time, too", () => {
  test.each<[string, () => unknown]>([
    // @ts-expect-error: no such value
    ["an update", () => logins.inc({ outcome: "lost", method: "token" })],
    // @ts-expect-error: no such value
    ["a held series", () => logins.labels({ outcome: "lost", method: "token" })],
    // @ts-expect-error: no such value
    ["a removal", () => logins.remove({ outcome: "lost", method: "token" })],
    // @ts-expect-error: no such value
    ["the end of a timer", () => jobs.startTimer({ queue: "mail" })({ outcome: "lost" })],
    // @ts-expect-error: no such value
    ["the start of a timer", () => jobs.startTimer({ outcome: "lost" })],
    // @ts-expect-error: no such value
    ["an open label beside it", () => jobs.observe({ outcome: "lost", queue: "mail" }, 1)],
  ])("%s", (_, call) => {
    expect(call).toThrow(
      /^Metric "(logins|jobs)": label "outcome" is "lost": use one of "ok", "failed"\.$/,
    );
  });

  const wrong: [string, Record<string, unknown>, string][] = [
    [
      "no values",
      { labels: { a: [] } },
      "option labels.a is an array: use an array of at least one",
    ],
    [
      "a value twice",
      { labels: { a: ["x", "x"] } },
      'option labels.a[1] is "x": it is there twice',
    ],
    ["a number", { labels: { a: [1] } }, "option labels.a[0] is 1: use a string"],
    ["half a character", { labels: { a: ["\ud800"] } }, "option labels.a[0] is"],
    ["another class", { labels: { a: Number } }, "option labels.a is a function: use an array"],
    ["a text", { labels: "a" }, 'option labels is "a": use an array of names, or an object'],
    ["collect", { labels: { a: ["x"] }, collect: () => [] }, "option collect is a function: leave"],
    [
      "expiry",
      { labels: { a: ["x"] }, expireAfterSeconds: 1 },
      "option expireAfterSeconds is 1: le",
    ],
    [
      "too many",
      { labels: { a: ["x", "y"], b: ["x", "y"] }, limit: 3 },
      "its labels have 4 series",
    ],
    [
      "initial",
      { labels: { a: ["x"] }, initial: [{ a: "y" }] },
      'label "a" is "y": use one of "x"',
    ],
  ];
  test.each(wrong)("a definition with %s", (_, options, message) => {
    const define = () =>
      new Registry().counter({ name: "c", help: "", ...options } as unknown as CounterOptions<"a">);
    expect(define).toThrow(message);
  });
});

test("a wrong value is dropped and counted where the registry is not strict", async () => {
  const { registry, counter } = closed(false);
  counter.inc({ outcome: "lost", method: "token" } as never);
  const text = await registry.text();
  expect(text).toContain('narthex_invalid_updates_total{family="c"} 1');
  expect(text).not.toContain("lost");
});

test("all series are there at zero from the start, and removed ones begin again", async () => {
  const { registry, counter } = closed();
  const zero = [
    'c_total{outcome="ok",method="token"} 0',
    'c_total{outcome="failed",method="token"} 0',
  ];
  expect(await lines(registry)).toEqual(zero);
  const held = counter.labels({ outcome: "ok", method: "token" });
  held.inc(2);
  expect(counter.remove({ outcome: "ok", method: "token" })).toBe(true);
  expect(await lines(registry)).toEqual(zero);
  held.inc();
  counter.inc({ method: "token", outcome: "ok" });
  expect((await lines(registry))[0]).toBe('c_total{outcome="ok",method="token"} 2');
  counter.clear();
  expect(await lines(registry)).toEqual(zero);
  expect(counter.size).toBe(2);
});

test("the same definition gives the same metric, and other values are another definition", () => {
  const { registry, counter } = closed();
  const again = { name: "c", help: "" };
  const same = { outcome: ["ok", "failed"], method: ["token"] };
  expect(registry.counter({ ...again, labels: same })).toBe(counter);
  expect(() => registry.counter({ ...again, labels: { ...same, method: ["password"] } })).toThrow(
    'labels: registered with {"outcome":["ok","failed"],"method":["token"]}, now {"outcome":["ok","failed"],"method":["password"]}',
  );
  const open = registry.counter({ name: "open", help: "", labels: ["a", "b"] });
  const strings = { a: String, b: String };
  expect(registry.counter({ name: "open", help: "", labels: strings })).toBe(open);
});

test("the text of a number or boolean is compared with the values", async () => {
  const registry = new Registry({ strict: true });
  const counter = registry.counter({ name: "c", help: "", labels: { status: ["200", "true"] } });
  for (const status of [200, true, "200"]) counter.inc({ status } as never);
  expect(await lines(registry)).toEqual(['c_total{status="200"} 2', 'c_total{status="true"} 1']);
});

test("past the limit, a closed label beside an open one is _other, too", async () => {
  const registry = new Registry({ strict: true });
  const labels = { outcome: ["ok"], queue: String } as const;
  const counter = registry.counter({ name: "c", help: "", labels, limit: 1 });
  for (const queue of ["a", "b", "c"]) counter.inc({ outcome: "ok", queue });
  expect((await lines(registry)).slice(0, 2)).toEqual([
    'c_total{outcome="ok",queue="a"} 1',
    'c_total{outcome="_other",queue="_other"} 2',
  ]);
});

test("a family with closed labels prints what one with open labels prints", async () => {
  const value = fc.string({ unit: "binary", maxLength: 4 }).filter((text) => text.isWellFormed());
  const lists = fc.array(fc.uniqueArray(value, { minLength: 1, maxLength: 11 }), {
    minLength: 1,
    maxLength: 2,
  });
  const updates = fc.array(fc.tuple(fc.nat(), fc.nat(9), fc.nat(5)));
  await fc.assert(
    fc.asyncProperty(lists, updates, async (lists, updates) => {
      const names = lists.map((_, i) => `l${i}`);
      const sets = lists.reduce<Record<string, string>[]>(
        (sets, values, i) => sets.flatMap((set) => values.map((v) => ({ ...set, [`l${i}`]: v }))),
        [{}],
      );
      const pages = [names, Object.fromEntries(lists.map((values, i) => [`l${i}`, values]))].map(
        (labels) => {
          const registry = new Registry({ strict: true, now: () => 0 });
          const counter = registry.counter({ name: "c", help: "", labels: labels as string[] });
          const gauge = registry.gauge({ name: "g", help: "", labels: labels as string[] });
          const histogram = registry.histogram({ name: "h", help: "", labels: labels as string[] });
          const summary = registry.summary({ name: "s", help: "", labels: labels as string[] });
          for (const metric of [counter, gauge, histogram, summary]) {
            for (const set of sets) metric.labels(set);
          }
          for (const [at, amount, what] of updates) {
            const set = sets[at % sets.length]!;
            const kinds = [
              () => counter.inc(set, amount),
              () => histogram.observe(set, amount),
              () => summary.observe(set, amount),
              () => gauge.remove(set) && gauge.inc(set, amount),
              () => histogram.remove(set) && histogram.observe(set, amount),
              () => summary.remove(set) && summary.observe(set, amount),
            ];
            kinds[what]!();
          }
          return registry.text();
        },
      );
      const [open, closed] = await Promise.all(pages);
      expect(closed).toBe(open);
    }),
    { numRuns: 50 },
  );
});
