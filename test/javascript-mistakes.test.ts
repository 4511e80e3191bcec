import { describe, expect, test, vi } from "vitest";
import { NarthexError, Registry } from "../src/index.ts";
import { collectRuntime } from "../src/runtime/index.ts";
import { writeTextfile } from "../src/textfile/index.ts";
import { thrown } from "./thrown.ts";

/** JavaScript programs make the mistakes that types refuse. */
function untyped(value: object): Record<string, (...args: unknown[]) => unknown> {
  return value as never;
}

const HELP = { help: "…" };

describe("what is no registry", () => {
  test.each([[undefined], [{}], [null], ["metrics"]])(
    "is refused by collectRuntime: %j",
    (wrong) => {
      const { message } = thrown(() => collectRuntime(wrong as never));
      expect(message).toMatch(
        /^collectRuntime\(\) was given .+: pass a registry, as in collectRuntime\(metrics\)\.$/,
      );
    },
  );

  test("is refused by writeTextfile", async () => {
    await expect(writeTextfile("never.prom", { registry: {} as Registry })).rejects.toThrow(
      "writeTextfile: option registry is an object: pass a registry.",
    );
  });
});

test("a registry in the place of options is refused, as the shared one would be taken", async () => {
  const registry = new Registry();
  await expect(writeTextfile("never.prom", registry as never)).rejects.toThrow(
    "writeTextfile was given an object: pass a registry as { registry }.",
  );
  expect(thrown(() => collectRuntime(registry, registry as never)).message).toContain(
    "{ registry }",
  );
});

test.each([[5], [Symbol("orders")], [null]])("%s is no name to find or unregister", (name) => {
  const registry = untyped(new Registry());
  for (const method of ["find", "unregister"]) {
    const error = thrown(() => registry[method]!(name));
    expect(error.message).toContain(`${String(name)} is not a metric name`);
  }
});

describe.each([true, false])("work that is no function, where strict is %s,", (strict) => {
  const labels = ["a"];
  test.each([
    ["countErrors", (registry: Registry) => registry.counter({ name: "m", ...HELP })],
    ["track", (registry: Registry) => registry.gauge({ name: "m", ...HELP })],
    ["time", (registry: Registry) => registry.gauge({ name: "m", ...HELP })],
    ["time", (registry: Registry) => registry.summary({ name: "m", ...HELP })],
    ["time", (registry: Registry) => registry.histogram({ name: "m", ...HELP })],
  ])("is refused by %s, and nothing has changed", async (method, define) => {
    const registry = new Registry({ strict });
    const metric = untyped(define(registry));
    const before = await registry.text();
    const { message } = thrown(() => metric[method]!(Promise.resolve(5)));
    expect(message).toBe(
      `Metric "m": ${method} was given an object to run: pass a function, not its promise.`,
    );
    expect(await registry.text()).toBe(before);
  });

  test.each([
    ["countErrors", (registry: Registry) => registry.counter({ name: "m", ...HELP, labels })],
    ["track", (registry: Registry) => registry.gauge({ name: "m", ...HELP, labels })],
    ["time", (registry: Registry) => registry.histogram({ name: "m", ...HELP, labels })],
  ])("is refused by %s with labels, and makes no series", async (method, define) => {
    const registry = new Registry({ strict });
    const metric = untyped(define(registry));
    const before = await registry.text();
    for (const work of [undefined, Promise.resolve(5)]) {
      const { message } = thrown(() => metric[method]!({ a: "b" }, work));
      expect(message).toMatch(/^Metric "m": \w+ was given .* pass a function, not its promise\.$/);
    }
    expect(await registry.text()).toBe(before);
  });
});

describe("labels at the start and the end of a timer", () => {
  const jobs = () =>
    untyped(
      new Registry({ strict: true }).histogram({
        name: "jobs",
        ...HELP,
        labels: ["queue", "outcome"],
      }),
    );
  const start = (labels: object) => jobs().startTimer!(labels) as (rest: object) => number;

  test.each([
    [{ outcom: "x" }, '"queue", "outcom": did you mean outcome?'],
    [{ zone: "x" }, '"queue", "zone": add "outcome", leave out "zone".'],
    [{}, '"queue": add "outcome".'],
  ])("are told together at the end: %j", (rest, end) => {
    const timer = start({ queue: "mail" });
    expect(thrown(() => timer(rest)).message).toBe(
      `Metric "jobs" has the labels "queue", "outcome", but was given ${end}`,
    );
  });

  test("of one letter are not mistyped for each other", () => {
    const counter = untyped(
      new Registry({ strict: true }).counter({ name: "m", ...HELP, labels: ["a"] }),
    );
    expect(thrown(() => counter.inc!({ b: "x" })).message).toContain('add "a", leave out "b".');
  });
});

describe("instrument", () => {
  const work = () => 5;
  test("wants a name first", () => {
    expect(thrown(() => untyped(new Registry()).instrument!(work)).message).toContain(
      "instrument() was given a function first: give a name first",
    );
  });

  test.each([{ buckets: [2, 1] }, { labels: { le: "x" } }, { labels: { outcome: "x" } }])(
    "defines nothing if one of its metrics can't be defined: %j",
    (options) => {
      const registry = new Registry();
      expect(() => registry.instrument("save", work, options)).toThrow(NarthexError);
      expect(registry.families().map(({ name }) => name)).not.toContainEqual(
        expect.stringMatching(/^save/),
      );
    },
  );

  test("leaves the metrics that others have where its own can't be defined", () => {
    const registry = new Registry();
    const save = registry.instrument("save", work);
    expect(() => registry.instrument("save", work, { buckets: [1] })).toThrow(NarthexError);
    save();
    expect(registry.find("save_calls")?.samples.map(({ value }) => value)).toContain(1);
    expect(registry.find("save_duration_seconds")).toBeDefined();
  });
});

describe("collect", () => {
  test("is a function", () => {
    for (const method of ["gauge", "counter"]) {
      const define = () => untyped(new Registry())[method]!({ name: "m", ...HELP, collect: 3 });
      expect(thrown(define).message).toBe(
        'Metric "m": option collect is 3: use a function that returns the value.',
      );
    }
  });

  const warningOf = async (labels: string[], collect: () => unknown) => {
    const warning = vi.spyOn(process, "emitWarning").mockReturnValue();
    const registry = new Registry();
    untyped(registry).gauge!({ name: "m", ...HELP, labels, collect });
    await registry.text();
    return String(warning.mock.lastCall?.[0]);
  };

  test("gives pairs", async () => {
    expect(await warningOf(["a"], () => [{ a: "b", value: 5 }])).toContain(
      "an object is not a value: collect must return pairs of labels and number, or nothing",
    );
  });

  test("returns the value, and has no metric for its this", async () => {
    const collect = function (this: { set(value: number): void }) {
      this.set(5);
    };
    expect(await warningOf([], collect)).toContain(
      "this.set is not a function, as collect has no metric for its this: return the value. From",
    );
  });
});
