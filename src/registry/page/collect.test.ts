import { setTimeout as later } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage, type TextPage } from "../../../test/text-page.ts";
import {
  type CollectContext,
  type ExposeOptions,
  NarthexError,
  type RegistryOptions,
} from "../../index.ts";
import { Registry } from "../registry.ts";

let registry: Registry;
beforeEach(() => {
  start();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A registry with a family beside the one that the test is about. */
function start(options?: RegistryOptions): void {
  registry = new Registry(options);
  registry.gauge({ name: "beside", help: "" }).set(7);
}

async function page(options?: ExposeOptions): Promise<TextPage> {
  const { body } = await registry.expose(options);
  return parseTextPage(new TextDecoder().decode(body));
}

async function errors(family: string): Promise<number> {
  const { value } = await page({ names: ["narthex_collect_errors"] });
  return value("narthex_collect_errors_total", { family }) ?? 0;
}

const never = () => new Promise<never>(() => {});

describe("a metric without labels takes", () => {
  const held = { gauge: (_: number) => {} };

  test.each<[string, () => unknown]>([
    ["a number", () => 5],
    ["a promise of a number", async () => 5],
    ["what the callback sets itself", () => held.gauge(5)],
    [
      "what it sets itself, later",
      async () => {
        await later(1);
        held.gauge(5);
      },
    ],
    ["a promise of another realm", () => runInNewContext("Promise.resolve(5)")],
  ])("%s", async (_, collect) => {
    const gauge = registry.gauge({ name: "g", help: "", collect: collect as () => number });
    held.gauge = (value) => gauge.set(value);
    expect((await page()).value("g")).toBe(5);
    expect(await errors("g")).toBe(0);
  });

  test("the newest reading of each scrape", async () => {
    let reading = 0;
    const collect = () => {
      reading += 1;
      return reading;
    };
    registry.gauge({ name: "g", help: "", collect });
    registry.counter({ name: "c", help: "", collect: () => reading * 10 });
    expect((await page()).value("g")).toBe(1);
    const second = await page();
    expect([second.value("g"), second.value("c_total")]).toEqual([2, 20]);
  });
});

describe("a metric with labels takes", () => {
  type Pairs = Iterable<readonly [{ queue: string }, number]>;
  const pairs: [{ queue: string }, number][] = [
    [{ queue: "a" }, 1],
    [{ queue: "b" }, 2],
  ];

  test.each<[string, () => Pairs | Promise<Pairs>]>([
    ["an array of pairs", () => pairs],
    ["a promise of one", async () => pairs],
    ["a Map", () => new Map(pairs)],
    [
      "a generator",
      function* () {
        yield* pairs;
      },
    ],
    [
      "a promise of another realm",
      () => runInNewContext("Promise.resolve(pairs)", { pairs }) as Promise<Pairs>,
    ],
  ])("%s", async (_, collect) => {
    registry.gauge({ name: "g", help: "", labels: ["queue"], collect });
    const { families, value } = await page();
    expect(value("g", { queue: "a" })).toBe(1);
    expect(value("g", { queue: "b" })).toBe(2);
    expect(families.get("g")?.samples).toHaveLength(2);
  });

  test("all its series: those that are left out go, and may come back", async () => {
    let queues = ["a", "b"];
    const collect = () => queues.map((queue) => [{ queue }, 1] as const);
    registry.gauge({ name: "g", help: "", labels: ["queue"], collect });
    const seen = async () =>
      (await page()).families.get("g")?.samples.map(({ labels }) => labels.queue);
    expect(await seen()).toEqual(["a", "b"]);
    queues = ["b"];
    expect(await seen()).toEqual(["b"]);
    queues = [];
    expect(await seen()).toEqual([]);
    queues = ["c", "a"];
    expect((await seen())?.sort()).toEqual(["a", "c"]);
  });

  test("wholly other series each time, also where the limit has room for one set only", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    let generation = 0;
    const collect = () => {
      generation += 1;
      return [0, 1, 2].map((i) => [{ queue: `${generation}-${i}` }, i] as const);
    };
    registry.gauge({ name: "g", help: "", labels: ["queue"], limit: 3, collect });
    await page();
    const { samples } = (await page()).families.get("g")!;
    expect(samples.map(({ labels }) => labels.queue).sort()).toEqual(["2-0", "2-1", "2-2"]);
  });

  test.each([10, 1])("a label set twice counts once, with the limit %i", async (limit) => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const collect = () => [
      [{ queue: "a" }, 1] as const,
      [{ queue: "b" }, 2] as const,
      [{ queue: "b" }, 3] as const,
      [{ queue: "a" }, 4] as const,
    ];
    registry.gauge({ name: "g", help: "", labels: ["queue"], limit, collect });
    for (const _ of [1, 2]) {
      const { samples } = (await page()).families.get("g")!;
      expect(samples.map(({ value }) => value)).toEqual([1, 2]);
    }
    expect(await errors("g")).toBe(2);
    const twice = warning.mock.calls.filter(([message]) => String(message).includes("twice"));
    expect(twice).toEqual([[expect.stringContaining('{queue="b"}'), { type: "NarthexWarning" }]]);
  });

  test("totals past the limit, whose sum stays exact", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const collect = () => [1, 2, 3, 4, 5].map((n) => [{ queue: `${n}` }, n] as const);
    registry.counter({ name: "c", help: "", labels: ["queue"], limit: 2, collect });
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const { samples } = (await page()).families.get("c_total")!;
      expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(15);
    }
  });
});

test("series that stay, _other among them, began once, not with every scrape", async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  let now = 1_700_000_000_000;
  start({ now: () => now });
  const collect = () => [1, 2, 3, 4].map((n) => [{ queue: `${n}` }, n] as const);
  registry.counter({ name: "c", help: "", labels: ["queue"], limit: 2, collect });
  const created = async () => {
    const accept = "application/openmetrics-text; version=1.0.0";
    const { body } = await registry.expose({ accept, createdSamples: true, names: ["c"] });
    return new TextDecoder().decode(body).match(/^c_created.*$/gm);
  };
  const first = await created();
  expect(first).toHaveLength(3);
  now += 60_000;
  expect(await created()).toEqual(first);
});

describe("a callback that fails loses only its own family, and is counted", () => {
  const reject = (reason: unknown) => Promise.reject(reason);

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    [
      "throws undefined",
      () => {
        throw undefined;
      },
    ],
    ["rejects", () => reject(new Error("down"))],
    ["rejects with undefined", () => reject(undefined)],
    ["hangs", never],
    ["gives a text", () => "5"],
    ["gives pairs for a metric without labels", () => [[{}, 5]]],
    ["gives a promise of a text", async () => "5"],
  ])("it %s", async (_, collect) => {
    registry.gauge({ name: "g", help: "", collect: collect as () => number });
    for (const failures of [1, 2]) {
      const { families, value } = await page({ deadlineMs: 20 });
      expect(families.has("g")).toBe(false);
      expect(value("beside")).toBe(7);
      expect(await errors("g")).toBe(failures);
    }
  });

  test.each<[string, unknown]>([
    ["gives a number", 5],
    ["gives a text", "ab"],
    ["gives an object", {}],
    ["gives pairs without a value", [[{ a: "x" }]]],
    ["gives a value of the wrong type", [[{ a: "x" }, "5"]]],
    ["gives labels that do not fit", [[{ b: "x" }, 5]]],
    ["gives a label that is an array", [[{ a: ["x"] }, 5]]],
    ["gives something else than pairs", [5, null]],
  ])("with labels, it %s", async (_, collected) => {
    const collect = () => collected as never;
    registry.gauge({ name: "g", help: "", labels: ["a"], collect });
    const { families, value } = await page();
    expect(families.has("g")).toBe(false);
    expect(value("beside")).toBe(7);
    expect(await errors("g")).toBe(1);
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])(
    "a counter's total of %d",
    async (total) => {
      registry.counter({ name: "c", help: "", collect: () => total });
      expect((await page()).families.has("c_total")).toBe(false);
      expect(await errors("c")).toBe(1);
    },
  );

  test.each<[string, () => void]>([
    ["the registry has a constant label family", () => start({ labels: { family: "x" } })],
    [
      "the name of its counter is taken",
      () => {
        registry.gauge({ name: "narthex_collect_errors", help: "The user's own." });
      },
    ],
  ])("also where %s, if that is not refused", async (_, arrange) => {
    try {
      arrange();
    } catch (error) {
      expect(error).toBeInstanceOf(NarthexError);
    }
    const collect = () => {
      throw new Error("down");
    };
    registry.gauge({ name: "g", help: "", collect });
    const { families } = await page();
    expect(families.has("beside")).toBe(true);
    expect(families.has("g")).toBe(false);
  });

  test("and is on the page again as soon as it works", async () => {
    let works = false;
    const collect = () => {
      if (!works) throw new Error("down");
      return 5;
    };
    registry.gauge({ name: "g", help: "", collect });
    await page();
    works = true;
    expect((await page()).value("g")).toBe(5);
  });
});

describe("the deadline", () => {
  test("is told as a signal, which is aborted when it has passed and not before", async () => {
    const signals: AbortSignal[] = [];
    const atStart: boolean[] = [];
    const collect = ({ signal }: CollectContext) => {
      signals.push(signal);
      atStart.push(signal.aborted);
      return signals.length === 1 ? 5 : never();
    };
    registry.gauge({ name: "g", help: "", collect });
    await page({ deadlineMs: 20 });
    expect(signals[0]?.aborted).toBe(false);
    await page({ deadlineMs: 20 });
    expect(signals[1]?.aborted).toBe(true);
    expect(atStart).toEqual([false, false]);
  });

  test("lets in time what is in time, beside one that hangs", async () => {
    registry.gauge({ name: "hangs", help: "", collect: never });
    registry.gauge({ name: "quick", help: "", collect: async () => 5 });
    const { families, value } = await page({ deadlineMs: 20 });
    expect(value("quick")).toBe(5);
    expect(families.has("hangs")).toBe(false);
    expect([await errors("quick"), await errors("hangs")]).toEqual([0, 1]);
  });

  test("is for all callbacks together: they run at once", async () => {
    let waiting = 0;
    let release: () => void = () => {};
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const collect = async () => {
      waiting += 1;
      if (waiting === 3) release();
      await all;
      return 5;
    };
    for (const name of ["a", "b", "c"]) registry.gauge({ name, help: "", collect });
    const { value } = await page();
    expect(["a", "b", "c"].map((name) => value(name))).toEqual([5, 5, 5]);
  });

  test("makes a late value worthless: no scrape shows it", async () => {
    let finish: (value: number) => void = () => {};
    const readings = [
      () =>
        new Promise<number>((resolve) => {
          finish = resolve;
        }),
      () => undefined,
    ];
    registry.gauge({ name: "g", help: "", collect: () => readings.shift()!() });
    expect((await page({ deadlineMs: 20 })).families.has("g")).toBe(false);
    finish(666);
    await later(1);
    expect((await page()).value("g")).toBe(0);
  });

  test("can be lifted", async () => {
    const collect = () => later(30, 5);
    registry.gauge({ name: "g", help: "", collect });
    expect((await page({ deadlineMs: Number.POSITIVE_INFINITY })).value("g")).toBe(5);
  });

  test("that passed does not let the process hear of a rejection that comes later", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const collect = async () => {
      await later(40);
      throw new Error("late");
    };
    registry.gauge({ name: "g", help: "", collect });
    await page({ deadlineMs: 10 });
    await later(80);
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("a callback that is still running", () => {
  test("is not started again, so that a hanging one does not pile up", async () => {
    const collect = vi.fn(never);
    registry.gauge({ name: "g", help: "", collect });
    for (let scrape = 0; scrape < 3; scrape += 1) await page({ deadlineMs: 10 });
    expect(collect).toHaveBeenCalledTimes(1);
  });

  test("is started again once it has come to an end", async () => {
    let finish: (value: number) => void = () => {};
    const readings = [
      () =>
        new Promise<number>((resolve) => {
          finish = resolve;
        }),
      () => 5,
    ];
    registry.gauge({ name: "g", help: "", collect: () => readings.shift()!() });
    await page({ deadlineMs: 10 });
    finish(1);
    await later(1);
    expect((await page()).value("g")).toBe(5);
  });

  test("in time for one scrape is in time for another that began meanwhile", async () => {
    registry.gauge({ name: "g", help: "", collect: () => later(30, 5) });
    const pages = await Promise.all([page(), page(), later(10).then(() => page())]);
    expect(pages.map(({ value }) => value("g"))).toEqual([5, 5, 5]);
    expect(await errors("g")).toBe(0);
  });

  test("gives both scrapes what it yields, though it can be gone through only once", async () => {
    const pairs = new Map([
      [{ queue: "a" }, 1],
      [{ queue: "b" }, 2],
    ]);
    const collect = () => later(30, pairs.entries());
    registry.gauge({ name: "g", help: "", labels: ["queue"], collect });
    for (const { value } of await Promise.all([page(), page()])) {
      expect([value("g", { queue: "a" }), value("g", { queue: "b" })]).toEqual([1, 2]);
    }
  });

  test("and is a lazy thenable, is run once for both", async () => {
    let runs = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: query builders look like this.
      then(done: (rows: number) => void) {
        runs += 1;
        setTimeout(done, 30, 5);
      },
    };
    const collect = () => query as unknown as Promise<number>;
    registry.gauge({ name: "g", help: "", collect });
    const pages = await Promise.all([page(), page()]);
    expect(pages.map(({ value }) => value("g"))).toEqual([5, 5]);
    expect(runs).toBe(1);
  });

  test("does not keep a hot reload's new one from being read", async () => {
    registry.gauge({ name: "g", help: "", collect: never });
    await page({ deadlineMs: 10 });
    registry.gauge({ name: "g", help: "", collect: () => 5 });
    expect((await page()).value("g")).toBe(5);
  });
});

test("only the callbacks of the families that are asked for are read", async () => {
  const [wanted, other] = [vi.fn(() => 1), vi.fn(() => 2)];
  registry.gauge({ name: "wanted", help: "", collect: wanted });
  registry.gauge({ name: "other", help: "", collect: other });
  await page({ names: ["wanted"] });
  expect([wanted, other].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
});

test("a new definition of the same family brings the newest callback", async () => {
  registry.gauge({ name: "g", help: "", collect: () => 1 });
  registry.gauge({ name: "g", help: "", collect: () => 2 });
  expect((await page()).value("g")).toBe(2);
  registry.gauge({ name: "g", help: "" });
  expect((await page()).value("g")).toBe(2);
});
