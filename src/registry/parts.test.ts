import { beforeEach, describe, expect, test, vi } from "vitest";
import { addEveryType } from "../../test/every-type.ts";
import { thrown } from "../../test/thrown.ts";
import { type MetricSource, seriesHead } from "../model/sample-sink.ts";
import { Registry } from "./registry.ts";

const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
beforeEach(() => warn.mockClear());
const warnings = () => warn.mock.calls.map(([message]) => String(message));

const FORMATS = [
  undefined,
  "application/openmetrics-text;version=1.0.0",
  "application/openmetrics-text;version=2.0.0-rc0",
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
];

const now = () => 1e12;

function gauge(registry: Registry, name: string, collect?: () => number): void {
  registry.gauge({ name, help: "", collect });
}

/** The lines of the page that are samples. */
async function linesOf(registry: Registry, options = {}): Promise<string[]> {
  const page = new TextDecoder().decode((await registry.expose(options)).body);
  return page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test.each(FORMATS)(
  "a page has all of a registered registry, as its own page has it: %s",
  async (accept) => {
    const other = new Registry({ now });
    addEveryType(other);
    const registry = new Registry({ now });
    const remove = registry.register(other);
    expect(await registry.expose({ accept })).toEqual(await other.expose({ accept }));
    remove();
    expect(await linesOf(registry)).toEqual([]);
  },
);

test("labels of both registries are on its series, and its own count where both have one", async () => {
  const inner = new Registry({ labels: { zone: "inner" } });
  gauge(inner, "deep");
  const middle = new Registry({ labels: { zone: "middle", team: "a" } });
  middle.gauge({ name: "own", help: "", labels: ["queue"] }).set({ queue: "mail" }, 1);
  middle.register(source("foreign"));
  middle.register(inner);
  const outer = new Registry({ labels: { service: "x", team: "b" } });
  outer.register(middle);
  expect(await linesOf(outer)).toEqual([
    'own{service="x",zone="middle",team="a",queue="mail"} 1',
    'foreign{service="x",zone="middle",team="a"} 1',
    'deep{service="x",team="a",zone="inner"} 0',
  ]);
  expect(await linesOf(middle)).toContain('own{zone="middle",team="a",queue="mail"} 1');
});

test("a label of both costs the family that has it, and no other", async () => {
  const other = new Registry();
  other.gauge({ name: "clashes", help: "", labels: ["service"] }).set({ service: "y" }, 1);
  gauge(other, "fine");
  const registry = new Registry({ labels: { service: "x" } });
  registry.register(other);
  expect(await linesOf(registry)).toEqual(['fine{service="x"} 0']);
  expect(warnings()).toEqual([expect.stringContaining('"clashes"')]);
});

test("a name of both is the registry's own, counted and warned of once", async () => {
  const other = new Registry();
  gauge(other, "mine");
  gauge(other, "theirs");
  const registry = new Registry();
  registry.gauge({ name: "mine", help: "" }).set(7);
  registry.register(other);
  expect(await linesOf(registry)).toEqual(["mine 7", "theirs 0"]);
  expect(await linesOf(registry)).toContain('narthex_collect_errors_total{family="mine"} 1');
  expect(warnings()).toEqual([expect.stringContaining('"mine"')]);
});

describe("its callbacks", () => {
  test("have the deadline of the page, and one that hangs or throws costs its own family", async () => {
    const other = new Registry();
    gauge(other, "fine", () => 1);
    other.gauge({ name: "hangs", help: "", collect: () => new Promise<number>(() => {}) });
    gauge(other, "throws", () => {
      throw new Error("no database");
    });
    other.register({ ...source("late"), collect: () => new Promise(() => {}) });
    const registry = new Registry();
    registry.register(other);
    expect(await linesOf(registry, { deadlineMs: 50 })).toEqual([
      'narthex_collect_errors_total{family="throws"} 1',
      'narthex_collect_errors_total{family="hangs"} 1',
      'narthex_collect_errors_total{family="_source"} 1',
      "fine 1",
    ]);
    expect(other.find("narthex_collect_errors")).toBeUndefined();
  });

  test("run once for pages of both that are made at the same time", async () => {
    const collect = vi.fn(async () => 5);
    const other = new Registry();
    other.gauge({ name: "read", help: "", collect });
    const registry = new Registry();
    registry.register(other);
    const pages = await Promise.all([registry.text(), other.text()]);
    expect(pages[0]).toBe(pages[1]);
    expect(collect).toHaveBeenCalledOnce();
  });

  test("don't run for families that were not asked for", async () => {
    const collect = vi.fn(() => 5);
    const other = new Registry();
    gauge(other, "read", collect);
    gauge(other, "wanted");
    const registry = new Registry();
    registry.register(other);
    expect(await linesOf(registry, { names: ["wanted"] })).toEqual(["wanted 0"]);
    expect(collect).not.toHaveBeenCalled();
  });
});

describe("registries in a ring", () => {
  test("have each other's metrics once", async () => {
    const [a, b, c] = [new Registry(), new Registry(), new Registry()];
    gauge(a, "a");
    gauge(b, "b");
    gauge(c, "c");
    a.register(b);
    b.register(c);
    c.register(a);
    a.register(a);
    b.register(c);
    expect(await linesOf(a)).toEqual(["a 0", "b 0", "c 0"]);
    expect(await linesOf(c)).toEqual(["c 0", "a 0", "b 0"]);
    expect(warnings()).toEqual([]);
  });

  test("call callbacks that expose them a bounded number of times", async () => {
    const ring = Array.from({ length: 5 }, () => new Registry());
    let calls = 0;
    ring.forEach((registry, i) => {
      registry.register(ring[(i + 1) % ring.length]!);
      gauge(registry, `g${i}`, () => {
        calls += 1;
        for (const each of ring) void each.text();
        return 1;
      });
    });
    expect(await linesOf(ring[0]!)).toContain("g4 1");
    // The page itself, pages within it, and at most four calls of each callback in deeper ones.
    expect(calls).toBeLessThanOrEqual(5 + 5 * 5 * 4 + 5 * 4);
  });
});

test("a registry whose series were on another's page keeps its labels", async () => {
  const other = new Registry();
  gauge(other, "x");
  const registry = new Registry();
  registry.register(other);
  await registry.text();
  expect(() => other.setLabels({ zone: "a" })).toThrow(/before the first scrape/);
});

test.each<unknown>([undefined, null, 1, "orders 1", {}, [], () => {}, { visit: true }])(
  "%s can't be registered",
  (value) => {
    const error = thrown(() => new Registry().register(value as MetricSource));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    expect(error.message).toContain("visit");
  },
);

/** A source of one gauge. */
function source(name: string): MetricSource {
  return {
    visit(sink) {
      sink.family({ name, help: "", type: "gauge" });
      sink.gauge(seriesHead([], []), 1);
    },
  };
}
