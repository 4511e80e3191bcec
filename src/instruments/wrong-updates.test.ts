import { array, assert, asyncProperty, boolean, constantFrom } from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { thrown } from "../../test/thrown.ts";
import type { RegistryOptions } from "../registry/options.ts";
import { Registry } from "../registry/registry.ts";

// Types forbid what is tried here.
type Anything = Record<string, (...given: unknown[]) => unknown>;

const warning = vi.spyOn(process, "emitWarning");

beforeEach(() => {
  warning.mockReset();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Every type of metric: how it is made, its update, and what the update does not take. */
const TYPES = {
  counter: { update: "inc", right: [2], wrong: [[-1], ["x"], [NaN], [1n], [null], [Infinity]] },
  gauge: { update: "set", right: [4], wrong: [["x"], [undefined], [null], [[]], [Symbol("s")]] },
  histogram: { update: "observe", right: [0.3], wrong: [["x"], [undefined], [1n], [new Date(0)]] },
  summary: { update: "observe", right: [0.3], wrong: [["x"], [undefined], [null]] },
  stateSet: { update: "set", right: ["on", true], wrong: [["no", true], ["on"], [], ["on", 1]] },
} as const;

type Type = keyof typeof TYPES;

const throwing = () => {
  throw new Error("a getter that throws");
};

/** Label objects that are wrong for a metric with the labels `a` and `b`. */
const WRONG_LABELS: Record<string, () => unknown> = {
  "a missing label": () => ({ a: "1" }),
  "an extra label": () => ({ a: "1", b: "2", c: "3" }),
  "an undefined label": () => ({ a: "1", b: undefined }),
  "an object for a value": () => ({ a: "1", b: {} }),
  "a getter that throws": () => ({
    a: "1",
    get b() {
      return throwing();
    },
  }),
  "a proxy that throws": () => new Proxy({ a: "1", b: "2" }, { get: throwing }),
  "a proxy that can't be read": () => new Proxy({ a: "1", b: "2" }, { ownKeys: throwing }),
  "a number for labels": () => 5,
  "no labels": () => undefined,
  null: () => null,
};

function define(registry: Registry, type: Type, options: object): Anything {
  const states = type === "stateSet" ? { states: ["on", "off"] } : {};
  const all = { name: "m", help: "", ...states, ...options };
  return (registry[type] as (options: unknown) => unknown)(all) as Anything;
}

function make(type: Type, labels: readonly string[], options: RegistryOptions) {
  const registry = new Registry(options);
  return { registry, metric: define(registry, type, { labels, limit: Infinity }) };
}

/** The page without the counter of wrong updates, and that. */
async function read(registry: Registry) {
  const page = await registry.text();
  const lines = page.split("\n").filter((line) => !line.includes("narthex_invalid_updates"));
  const count = /^narthex_invalid_updates_total\{.*family="m"\} (\d+)$/m.exec(page)?.[1] ?? 0;
  return { page: lines.join("\n"), count: Number(count) };
}

const LABELS = { a: "1", b: "2" };

/** All ways of being wrong, for a metric with labels and for one without. */
function mistakes(type: Type, isLabelled: boolean): [string, (metric: Anything) => unknown][] {
  const { update, right, wrong } = TYPES[type];
  const told = (given: readonly unknown[]) => given.map(String).join(", ");
  if (!isLabelled) {
    return [
      ...wrong.map((given): [string, (metric: Anything) => unknown] => [
        `${update}(${told(given)})`,
        (metric) => metric[update]!(...given),
      ]),
      ["labels as the value", (metric) => metric[update]!({ plan: "free" }, ...right)],
      ["remove({ plan })", (metric) => metric.remove!({ plan: "free" })],
      [
        "labels({ plan })",
        (metric) => (metric.labels!({ plan: "free" }) as Anything)[update]!(...right),
      ],
    ];
  }
  return [
    ...wrong.flatMap((given): [string, (metric: Anything) => unknown][] => [
      [`${update}(labels, ${told(given)})`, (metric) => metric[update]!(LABELS, ...given)],
      [
        `${update}(new labels, ${told(given)})`,
        (metric) => metric[update]!({ a: "new", b: "new" }, ...given),
      ],
      [
        `labels(…).${update}(${told(given)})`,
        (metric) => (metric.labels!(LABELS) as Anything)[update]!(...given),
      ],
    ]),
    ...Object.entries(WRONG_LABELS).flatMap(
      ([name, labels]): [string, (metric: Anything) => unknown][] => [
        [`${update} with ${name}`, (metric) => metric[update]!(labels(), ...right)],
        [`${update} without labels`, (metric) => metric[update]!(...right)],
        [`remove with ${name}`, (metric) => metric.remove!(labels())],
        [
          `a series of ${name}`,
          (metric) => (metric.labels!(labels()) as Anything)[update]!(...right),
        ],
      ],
    ),
  ];
}

describe.each(Object.keys(TYPES) as Type[])("a wrong update of a %s", (type) => {
  const { update, right } = TYPES[type];

  describe.each([
    ["with labels", ["a", "b"], 1],
    ["with labels and many series", ["a", "b"], 1100],
    ["without labels", [], 1],
  ] as const)("%s", (_, labels, seriesCount) => {
    const isLabelled = labels.length > 0;
    const all = mistakes(type, isLabelled);

    function filled(strict: boolean) {
      const made = make(type, labels, { strict, now: () => 0 });
      for (let i = 0; i < seriesCount && isLabelled; i += 1) {
        made.metric[update]!({ a: "1", b: String(i + 2) }, ...right);
      }
      if (!isLabelled) made.metric[update]!(...right);
      return made;
    }

    test("is dropped, counted and warned of once", async () => {
      for (const [name, mistake] of all) {
        warning.mockReset();
        const { registry, metric } = filled(false);
        const before = await read(registry);
        for (let i = 0; i < 3; i += 1) {
          const result = mistake(metric);
          if (name.startsWith("remove")) expect(result, name).toBe(false);
        }
        expect(await read(registry), name).toEqual({ page: before.page, count: 3 });
        expect(warning.mock.calls, name).toHaveLength(1);
        const [message] = warning.mock.calls[0]!;
        expect(message, name).toMatch(/^An update of metric "m" is dropped: .*wrong-updates\.test/);
      }
    });

    test("throws in a strict registry, with the caller first in the stack", async () => {
      for (const [name, mistake] of all) {
        const { registry, metric } = filled(true);
        const before = await read(registry);
        let error: unknown;
        try {
          mistake(metric);
        } catch (caught) {
          error = caught;
        }
        expect(error, name).toBeInstanceOf(Error);
        const frames = (error as Error).stack!.split("\n").filter((line) => /^ +at /.test(line));
        expect(frames[0], name).toContain("wrong-updates.test.ts");
        expect(await read(registry), name).toEqual({ page: before.page, count: 0 });
        expect(warning, name).not.toHaveBeenCalled();
      }
    });

    test("changes nothing among right ones, whatever their order", async () => {
      const step = constantFrom(undefined, ...all.map(([, mistake]) => mistake));
      const run = asyncProperty(
        array(step, { maxLength: 30 }),
        boolean(),
        async (steps, isHeld) => {
          const tried = filled(false);
          const wanted = filled(false);
          for (const mistake of steps) {
            if (mistake !== undefined) mistake(tried.metric);
            else for (const { metric } of [tried, wanted]) doRight(metric, isHeld);
          }
          const count = steps.filter((mistake) => mistake !== undefined).length;
          expect(await read(tried.registry)).toEqual({ ...(await read(wanted.registry)), count });
        },
      );
      await assert(run, { numRuns: seriesCount > 1 ? 5 : 50 });
    });

    function doRight(metric: Anything, isHeld: boolean): void {
      if (!isLabelled) metric[update]!(...right);
      else if (isHeld) (metric.labels!(LABELS) as Anything)[update]!(...right);
      else metric[update]!(LABELS, ...right);
    }
  });
});

describe("not strict", () => {
  test("a gauge's inc and dec are updates, too", async () => {
    const { registry, metric } = make("gauge", [], { strict: false });
    metric.inc!("x");
    metric.dec!("x");
    metric.dec!({ plan: "free" });
    expect(await read(registry)).toMatchObject({ count: 3 });
    expect(warning).toHaveBeenCalledTimes(1);
  });

  test("wrong facts of an info leave it as it was", async () => {
    const registry = new Registry({ strict: false, labels: { zone: "x" } });
    const info = registry.info({ name: "m", help: "" });
    info.set({ version: "1" });
    const before = await read(registry);
    for (const facts of [undefined, "1", { a: undefined }, { __a: "1" }, { zone: "y" }]) {
      (info.set as (facts: unknown) => void)(facts);
    }
    expect(await read(registry)).toEqual({ ...before, count: 5 });
  });

  test("a series of wrong labels is like any other, and only its updates are counted", async () => {
    const { registry, metric } = make("histogram", ["a"], { strict: false });
    const series = metric.labels!({ b: "1" }) as Anything;
    expect(Object.getPrototypeOf(series)).toBe(Object.getPrototypeOf(metric.labels!({ a: "1" })));
    expect(await read(registry)).toMatchObject({ count: 0 });
    series.observe!(1);
    series.observe!(1, { exemplar: { trace_id: "1" } });
    (series.startTimer!() as () => number)();
    expect(await read(registry)).toMatchObject({ count: 3 });
    expect(warning).toHaveBeenCalledTimes(1);
  });

  test.each(["histogram", "summary"] as const)(
    "work in a wrongly labelled %s runs once",
    async (type) => {
      const { registry, metric } = make(type, ["a"], { strict: false });
      const work = vi.fn(() => "result");
      expect(metric.time!({ b: "1" }, work)).toBe("result");
      expect(await metric.time!(undefined, async () => work())).toBe("result");
      expect(() => metric.time!({ a: undefined }, throwing)).toThrow("a getter that throws");
      await expect(metric.time!({}, async () => throwing())).rejects.toThrow(
        "a getter that throws",
      );
      expect((metric.startTimer!({ b: "1" }) as () => number)()).toBeGreaterThanOrEqual(0);
      expect(work).toHaveBeenCalledTimes(2);
      expect(await read(registry)).toMatchObject({ count: 5 });
    },
  );

  test.each(["counter", "histogram"] as const)(
    "a bad exemplar of a %s costs only itself",
    async (type) => {
      const { update } = TYPES[type];
      for (const exemplar of [null, "x", { a: 1 }, { __a: "1" }, { a: "x".repeat(200) }]) {
        warning.mockReset();
        const { registry, metric } = make(type, ["a"], { strict: false });
        const { registry: without, metric: plain } = make(type, ["a"], { strict: false });
        for (const options of [{ exemplar }, new Proxy({ exemplar }, { get: throwing })]) {
          metric[update]!({ a: "1" }, 1, options);
          (metric.labels!({ a: "1" }) as Anything)[update]!(1, options);
        }
        for (let i = 0; i < 4; i += 1) plain[update]!({ a: "1" }, 1);
        expect(await read(registry)).toEqual({ ...(await read(without)), count: 0 });
        expect(warning).toHaveBeenCalledTimes(1);
        expect(warning.mock.calls[0]![0]).toMatch(/gets no exemplar/);
      }
    },
  );

  test.each(["counter", "histogram"] as const)(
    "an unknown option of an update of a %s costs only the exemplar",
    async (type) => {
      const { update } = TYPES[type];
      const { registry, metric } = make(type, ["a"], { strict: false });
      const { registry: without, metric: plain } = make(type, ["a"], { strict: false });
      const strict = make(type, ["a"], { strict: true }).metric;
      for (const [options, wayOut] of [
        [{ exempler: { trace_id: "1" } }, '"exempler": did you mean exemplar?'],
        [{ exemplar: { trace_id: "1" }, at: 5 }, '"at": use exemplar.'],
      ] as const) {
        warning.mockReset();
        const message = `An update of metric "m": there is no option ${wayOut}`;
        metric[update]!({ a: "1" }, 1, options);
        plain[update]!({ a: "1" }, 1);
        expect(await read(registry)).toEqual({ ...(await read(without)), count: 0 });
        expect(() => strict[update]!({ a: "1" }, 1, options)).toThrow(message);
        expect(() => (strict.labels!({ a: "1" }) as Anything)[update]!(1, options)).toThrow(
          message,
        );
      }
      metric[update]!({ a: "1" }, 1, { exemplar: undefined, at: undefined });
    },
  );

  test.each(Object.keys(TYPES) as Type[])(
    "a clock that throws costs updates of a %s",
    async (type) => {
      let now: () => number = () => 0;
      const registry = new Registry({ strict: false, now: () => now() });
      const metric = define(registry, type, { labels: ["a"], expireAfterSeconds: 9 });
      const { update, right } = TYPES[type];
      metric[update]!({ a: "1" }, ...right);
      const held = metric.labels!({ a: "1" }) as Anything;
      const before = await read(registry);
      now = throwing;
      metric[update]!({ a: "1" }, ...right);
      metric[update]!({ a: "2" }, ...right);
      held[update]!(...right);
      now = () => 0;
      expect(await read(registry)).toEqual({ ...before, count: 3 });
    },
  );

  test("a callback that updates its metric wrongly keeps the value of before", async () => {
    const registry = new Registry({ strict: false });
    const wrong = undefined as unknown as number;
    const collect = (): void => gauge.set(wrong);
    const gauge = registry.gauge({ name: "m", help: "", collect });
    gauge.set(7);
    expect((await read(registry)).page).toContain("m 7\n");
    expect(await read(registry)).toMatchObject({ count: 2 });
  });

  test("mistakes of a provider of exemplars are counted once each", async () => {
    const registry = new Registry({ strict: false });
    const gauge = registry.gauge({ name: "m", help: "" });
    const counter = registry.counter({ name: "c", help: "" });
    registry.exemplars(() => {
      gauge.set("x" as unknown as number);
      return undefined;
    });
    counter.inc();
    counter.inc();
    expect(await read(registry)).toMatchObject({ count: 2 });
  });

  test("definitions throw, with the caller first in the stack", () => {
    const registry = new Registry({ strict: false });
    for (const type of [...Object.keys(TYPES), "info"] as (Type | "info")[]) {
      const wrong = () => (registry[type] as (options: unknown) => unknown)({ name: "" });
      expect(thrown(wrong).stack!.split("\n")[1]).toContain("wrong-updates.test.ts");
    }
  });
});

describe("a registry is strict", () => {
  function isStrict(options?: RegistryOptions): boolean {
    const counter = new Registry(options).counter({ name: "c", help: "" });
    try {
      counter.inc(-1);
      return false;
    } catch {
      return true;
    }
  }

  test("where NODE_ENV is test when it is made, unless an option says otherwise", () => {
    expect(isStrict()).toBe(true);
    expect(isStrict({ strict: undefined })).toBe(true);
    expect(isStrict({ strict: false })).toBe(false);
    vi.stubEnv("NODE_ENV", "production");
    expect(isStrict()).toBe(false);
    expect(isStrict({ strict: true })).toBe(true);
  });

  test("not where there is no process, or no permission to read its environment", () => {
    vi.stubGlobal("process", undefined);
    vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(isStrict()).toBe(false);
    vi.stubGlobal("process", {
      get env() {
        return throwing();
      },
    });
    expect(isStrict()).toBe(false);
    vi.unstubAllGlobals();
  });

  test("by true or false alone", () => {
    const options = { strict: "false" as unknown as boolean };
    expect(thrown(() => new Registry(options)).message).toMatch(/option strict is "false"/);
  });
});

test.each(["histogram", "summary"] as const)(
  "NaN in a %s counts, with one warning",
  async (type) => {
    for (const strict of [true, false]) {
      warning.mockReset();
      const { registry, metric } = make(type, ["a"], { strict });
      metric.observe!({ a: "1" }, NaN);
      (metric.labels!({ a: "1" }) as Anything).observe!(NaN);
      const { page, count } = await read(registry);
      expect(page).toContain('m_count{a="1"} 2\n');
      expect(page).toContain('m_sum{a="1"} NaN\n');
      expect(count).toBe(0);
      expect(warning).toHaveBeenCalledTimes(1);
      expect(warning.mock.calls[0]![0]).toMatch(/^Metric "m" has observed NaN/);
    }
  },
);

describe("where nothing throws", () => {
  test("a timer of wrong labels ends with its scope", () => {
    const registry = new Registry({ strict: false });
    const seconds = registry.histogram({ name: "seconds", help: "…", labels: ["a"] });
    const wrong = [
      { a: undefined },
      {},
      null,
      5,
      { b: 1 },
      {
        get a() {
          return throwing();
        },
      },
    ];
    for (const labels of wrong) {
      const scope = () => {
        using _timer = seconds.startTimer(labels as never);
        return "done";
      };
      expect(scope()).toBe("done");
    }
    expect(seconds.remove({ a: "undefined" })).toBe(false);
  });

  test("a clock that fails costs the update", () => {
    let now = () => 1000;
    const registry = new Registry({ strict: false, now: () => now() });
    const plain = registry.gauge({ name: "plain", help: "…" });
    const labelled = registry.gauge({ name: "labelled", help: "…", labels: ["a"] });
    plain.setToNow();
    labelled.setToNow({ a: "1" });
    now = throwing;
    plain.setToNow();
    labelled.setToNow({ a: "1" });
    now = () => 2000;
    expect(registry.find("plain")?.samples[0]?.value).toBe(1);
    expect(registry.find("labelled")?.samples[0]?.value).toBe(1);
    expect(registry.find("narthex_invalid_updates_total")?.samples).toHaveLength(2);
  });
});
