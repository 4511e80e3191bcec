import { setTimeout as later } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type MetricSource, Registry, seriesHead } from "../../src/index.ts";
import { parseTextPage, type TextPage } from "../text-page.ts";

let registry: Registry;
let unhandled: unknown[];
const noteUnhandled = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  registry = new Registry();
  registry.gauge({ name: "beside", help: "" }).set(7);
  unhandled = [];
  process.on("unhandledRejection", noteUnhandled);
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(async () => {
  await later(1);
  process.off("unhandledRejection", noteUnhandled);
  vi.restoreAllMocks();
  expect(unhandled).toEqual([]);
});

async function page(deadlineMs?: number): Promise<TextPage> {
  const { body } = await registry.expose(deadlineMs === undefined ? {} : { deadlineMs });
  return parseTextPage(new TextDecoder().decode(body));
}

async function lost(family: string): Promise<number> {
  const { body } = await registry.expose({ names: ["narthex_collect_errors"], deadlineMs: 20 });
  const { value } = parseTextPage(new TextDecoder().decode(body));
  return value("narthex_collect_errors_total", { family }) ?? 0;
}

function warnings(): string[] {
  return vi.mocked(process.emitWarning).mock.calls.map(([message]) => `${message}`);
}

const size = async () => (await registry.text()).length;

describe("a callback that exposes its own registry", () => {
  test("gets the page without its family, and the family is on the page beside it", async () => {
    registry.gauge({ name: "page_bytes", help: "", collect: size });
    for (let scrape = 1; scrape <= 2; scrape += 1) {
      const { value } = await page();
      expect(value("beside")).toBe(7);
      expect(value("page_bytes")).toBeGreaterThan(0);
      expect(await lost("page_bytes")).toBe(scrape);
    }
    expect(warnings()).toEqual([
      'Metric "page_bytes" is missing on a page: it exposes the registry that it belongs to. From now on this is only counted, in narthex_collect_errors_total.',
    ]);
  });

  test.each([2, 50])("does no harm where there are %d of them", async (count) => {
    for (let i = 0; i < count; i += 1) registry.gauge({ name: `g${i}`, help: "", collect: size });
    const { value } = await page();
    expect(value("beside")).toBe(7);
    for (let i = 0; i < count; i += 1) expect(value(`g${i}`)).toBeGreaterThan(0);
  });

  test.each(["gauges", "sources"])(
    "does no harm where 20 %s do so without waiting",
    async (what) => {
      let exposed = 0;
      const itself = registry; // Visits may go on when the next test has a registry of its own.
      for (let i = 0; i < 20; i += 1) {
        const collect = () => {
          exposed += 1;
          void itself.text();
          return i;
        };
        if (what === "gauges") registry.gauge({ name: `g${i}`, help: "", collect });
        else registry.register({ visit: () => void collect() });
      }
      expect((await page()).value("beside")).toBe(7);
      await later(50);
      expect(exposed).toBeLessThanOrEqual(20 * 20);
    },
  );

  test.each([
    [2, 5],
    [8, 8],
  ])(
    "does no harm where %d registries of %d gauges expose one another without waiting",
    async (registries, gauges) => {
      const ring = [registry, ...Array.from({ length: registries - 1 }, () => new Registry())];
      let calls = 0;
      for (const [at, one] of ring.entries()) {
        const collect = () => {
          calls += 1;
          void ring[(at + 1) % registries]!.text();
          return at;
        };
        for (let i = 0; i < gauges; i += 1) one.gauge({ name: `g${i}`, help: "", collect });
      }
      const { value } = await page();
      expect(value("g0")).toBe(0);
      await later(50);
      expect(calls).toBeLessThanOrEqual(gauges + gauges ** 2 + 4 * registries * gauges);
    },
  );

  test("may be one of a chain of registries, each of which exposes the next", async () => {
    const registries = [registry, new Registry(), new Registry(), new Registry()];
    for (const [i, one] of registries.entries()) {
      const next = registries[i + 1];
      const collect = async () =>
        next === undefined
          ? 5
          : next
              .text()
              .then(parseTextPage)
              .then(({ value }) => value("g")!);
      one.gauge({ name: "g", help: "", collect });
    }
    expect((await page()).value("g")).toBe(5);
  });

  test("may do so later, as long as it takes part in no page of its own for ever", async () => {
    for (const name of ["a", "b"]) {
      const collect = async () => {
        await later(1);
        return size();
      };
      registry.gauge({ name, help: "", collect });
    }
    const { value } = await page();
    expect(value("beside")).toBe(7);
    expect(value("a")).toBeGreaterThan(0);
    expect(value("b")).toBeGreaterThan(0);
  });

  test("may do so by a filter, with a deadline, in another format, and without waiting", async () => {
    const collect = () => {
      void registry.expose({ names: ["g"], deadlineMs: 5, accept: "application/openmetrics-text" });
      return 5;
    };
    registry.gauge({ name: "g", help: "", collect });
    expect((await page()).value("g")).toBe(5);
  });

  test("may define itself anew each time", async () => {
    const define = (): void => {
      const collect = () => {
        define();
        return size();
      };
      registry.gauge({ name: "g", help: "", collect });
    };
    define();
    expect((await page()).value("beside")).toBe(7);
    expect((await page()).value("beside")).toBe(7);
  });

  test("may do so by another registry and back", async () => {
    const other = new Registry();
    other.gauge({ name: "other", help: "", collect: size });
    const collect = async () => (await other.text()).length;
    registry.gauge({ name: "g", help: "", collect });
    expect((await page()).value("g")).toBeGreaterThan(0);
  });

  test("may be a generator of pairs, which runs when they are taken", async () => {
    function* collect() {
      void registry.text();
      yield [{ a: "x" }, 1] as const;
    }
    registry.gauge({ name: "g", help: "", labels: ["a"], collect });
    expect((await page()).value("g", { a: "x" })).toBe(1);
  });
});

describe("a source that exposes the registry", () => {
  test.each<[string, (sizes: number[]) => Partial<MetricSource>]>([
    ["in collect", (sizes) => ({ collect: async () => sizes.push(await size()) })],
    [
      "in collect, without waiting",
      (sizes) => ({ collect: () => void size().then((n) => sizes.push(n)) }),
    ],
  ])("%s", async (_, make) => {
    const sizes: number[] = [];
    const visit: MetricSource["visit"] = (sink) => {
      sink.family({ name: "g", type: "gauge", help: "" });
      sink.gauge(seriesHead([], []), 1);
    };
    registry.register({ visit, ...make(sizes) });
    registry.register({ visit: () => {}, ...make(sizes) });
    expect((await page()).value("g")).toBe(1);
    await later(20);
    expect(sizes.length).toBeGreaterThanOrEqual(2);
  });

  test.each(["at once", "amid its pauses"])("in visit, %s, makes one page more", async (when) => {
    let exposed = 0;
    const expose = () => {
      exposed += 1;
      void registry.text();
    };
    const family = { name: "g", type: "gauge", help: "" } as const;
    registry.register({
      visit(sink) {
        expose();
        sink.family(family);
        sink.gauge(seriesHead([], []), 1);
      },
    });
    if (when !== "at once") {
      registry.register({
        *visit(sink) {
          yield;
          expose();
          sink.family({ ...family, name: "h" });
          sink.gauge(seriesHead([], []), 2);
        },
      });
    }
    const { value } = await page();
    await later(50);
    expect(value("beside")).toBe(7);
    expect(value("g")).toBe(1);
    const before = exposed;
    await later(50);
    expect(exposed).toBe(before);
  });
});

describe("a visit", () => {
  const gauge = (name: string) => ({ name, type: "gauge", help: "" }) as const;
  const one = seriesHead([], []);

  test.each<[string, MetricSource["visit"]]>([
    [
      "that never ends its pauses",
      function* (sink) {
        sink.family(gauge("slow"));
        for (;;) yield;
      },
    ],
    [
      "that never ends its samples",
      (sink) => {
        sink.family(gauge("slow"));
        for (let i = 0; ; i += 1) sink.gauge(seriesHead(["i"], [`${i}`]), 1);
      },
    ],
    [
      "that goes on past what its sink throws",
      (sink) => {
        sink.family(gauge("slow"));
        const end = performance.now() + 400;
        for (let i = 0; performance.now() < end; i += 1) {
          try {
            sink.gauge(seriesHead(["i"], [`${i}`]), 1);
          } catch {}
        }
      },
    ],
    [
      "that holds the event loop past the deadline",
      (sink) => {
        sink.family(gauge("slow"));
        const end = performance.now() + 400;
        while (performance.now() < end);
        sink.gauge(one, 1);
      },
    ],
  ])("%s loses its own family", async (_, visit) => {
    registry.register({ visit });
    registry.register({
      visit(sink) {
        sink.family(gauge("after"));
        sink.gauge(one, 3);
      },
    });
    const { families, value } = await page(50);
    expect(families.has("slow")).toBe(false);
    expect([value("beside"), value("after")]).toEqual([7, 3]);
    expect(await lost("slow")).toBe(1);
    expect(warnings().join()).toContain("not done before the deadline");
  });

  test("has time even where a callback has used it all up", async () => {
    registry.gauge({ name: "hangs", help: "", collect: () => new Promise<number>(() => {}) });
    registry.register({
      *visit(sink) {
        sink.family(gauge("g"));
        yield;
        sink.gauge(one, 1);
      },
    });
    expect((await page(10)).value("g")).toBe(1);
  });

  test("that is asynchronous writes nothing into other families", async () => {
    const visit = async (sink: Parameters<MetricSource["visit"]>[0]) => {
      await null;
      sink.family(gauge("late"));
      sink.gauge(one, 1);
      throw new Error("and rejects");
    };
    registry.register({ visit: visit as never });
    const { families, value } = await page();
    expect(families.has("late")).toBe(false);
    expect(value("beside")).toBe(7);
    expect(warnings().join()).toContain("its visit is asynchronous");
  });

  test("whose sink is used after it writes nothing", async () => {
    let late: (() => void) | undefined;
    registry.register({
      visit(sink) {
        sink.family(gauge("g"));
        sink.gauge(one, 1);
        late = () => sink.gauge(one, 2);
      },
    });
    registry.register({ visit: () => late?.() });
    const { families } = await page();
    expect(families.get("g")?.samples).toHaveLength(1);
    expect(await lost("_source")).toBe(1);
  });

  test("that gives samples before a family is told of, and loses no more than them", async () => {
    registry.register({
      visit(sink) {
        for (let i = 0; i < 3; i += 1) sink.gauge(one, i);
        sink.family(gauge("g"));
        sink.gauge(one, 5);
      },
    });
    expect((await page()).value("g")).toBe(5);
    expect(await lost("_source")).toBe(1);
    expect(warnings()).toEqual([
      "A registered source is missing on a page: it gives samples before their family. From now on this is only counted, in narthex_collect_errors_total.",
    ]);
  });
});

const noText = (): never => {
  throw new Error("no text");
};

describe("whatever a callback throws, its family alone is lost, with a reason", () => {
  const thrown: [string, unknown][] = [
    ["a symbol", Symbol("down")],
    ["an object without a prototype", Object.create(null)],
    ["an object whose text throws", { toString: noText, valueOf: noText }],
    [
      "an error whose message throws",
      Object.defineProperty(new Error(), "message", { get: noText }),
    ],
    ["a proxy that throws", new Proxy({}, { get: noText, getPrototypeOf: noText })],
    // biome-ignore lint/suspicious/noThenProperty: that is the attack.
    ["a thenable", { then: noText }],
    ["nothing", undefined],
    ["zero", 0],
  ];

  test.each(thrown)("%s", async (_, value) => {
    const fail = () => {
      throw value;
    };
    registry.gauge({ name: "throws", help: "", collect: fail });
    registry.gauge({ name: "rejects", help: "", collect: () => Promise.reject(value) });
    registry.gauge({ name: "gives", help: "", collect: () => value as number });
    registry.register({ visit: fail });
    registry.register({ collect: fail, visit: () => {} });
    const { families } = await page();
    expect(families.has("beside")).toBe(true);
    expect(families.has("throws")).toBe(false);
    expect(families.has("rejects")).toBe(false);
    expect([await lost("throws"), await lost("rejects")]).toEqual([1, 1]);
    expect(await lost("_source")).toBeGreaterThanOrEqual(2);
    const told = warnings().filter((message) => message.startsWith('Metric "throws"'));
    expect(told).toHaveLength(1);
  });

  test("the reason is told once, however often and however many scrapes fail", async () => {
    const collect = () => {
      throw new Error("the database is down");
    };
    registry.gauge({ name: "g", help: "", collect });
    for (let scrape = 0; scrape < 3; scrape += 1) await page();
    expect(warnings()).toEqual([
      'Metric "g" is missing on a page: Error: the database is down. From now on this is only counted, in narthex_collect_errors_total.',
    ]);
  });
});

describe("an impatient scrape", () => {
  test("loses a slow callback for nobody but itself", async () => {
    registry.gauge({ name: "slow", help: "", collect: () => later(100, 5) });
    const pages: Promise<TextPage>[] = [];
    for (let i = 0; i < 6; i += 1) {
      void page(1);
      pages.push(page(5000));
      await later(30);
    }
    for (const { value } of await Promise.all(pages)) expect(value("slow")).toBe(5);
  });

  test("does not have a callback stop that another scrape waits for", async () => {
    const collect = ({ signal }: { signal: AbortSignal }) => later(60, 5, { signal });
    registry.gauge({ name: "slow", help: "", collect });
    const impatient = page(5);
    const patient = page(5000);
    expect((await impatient).families.has("slow")).toBe(false);
    expect((await patient).value("slow")).toBe(5);
  });

  test("that had a callback stop costs the next scrape nothing", async () => {
    const collect = async ({ signal }: { signal: AbortSignal }) => {
      await later(30);
      // It is not told at once, and then fails or gives less than all.
      if (signal.aborted) return Math.random() < 0.5 ? 0 : Promise.reject(new Error("stopped"));
      return 5;
    };
    registry.gauge({ name: "slow", help: "", collect });
    for (let i = 0; i < 4; i += 1) {
      await page(5);
      expect((await page(5000)).value("slow")).toBe(5);
    }
  });

  test("and a patient one wait once, all in all, for a callback that hangs", async () => {
    const collect = vi.fn(() => new Promise<number>(() => {}));
    registry.gauge({ name: "hangs", help: "", collect });
    await page(40);
    const begun = performance.now();
    for (let i = 0; i < 20; i += 1) await page(40);
    expect(performance.now() - begun).toBeLessThan(20 * 40);
    expect(collect).toHaveBeenCalledTimes(1);
  });
});
