import { describe, expect, test } from "vitest";
import { Registry } from "./registry.ts";

function setUp() {
  const registry = new Registry({ labels: { service: "shop" } });
  const orders = registry.counter({ name: "orders", help: "Orders.", labels: ["outcome", "plan"] });
  const latency = registry.histogram({
    name: "latency_seconds",
    help: "Latency.",
    labels: ["route"],
    buckets: [0.1, 0.25, 1],
  });
  const depth = registry.gauge({ name: "depth", help: "Depth." });
  const jobs = registry.counter({ name: "jobs", help: "Jobs." });
  return { registry, orders, latency, depth, jobs };
}

describe("an objective", () => {
  test("names its events as they are on the page", () => {
    const { registry, orders } = setUp();
    const objective = registry.slo({
      name: "orders",
      objective: 0.999,
      good: { family: orders, match: { outcome: "ok" } },
      total: { family: orders },
    });
    expect(objective).toEqual({
      name: "orders",
      objective: 0.999,
      periodDays: 30,
      description: "",
      good: { family: "orders_total", match: { outcome: "ok" } },
      total: { family: "orders_total", match: {} },
    });
    expect(registry.objectives()).toEqual([objective]);
  });

  test("selects the observations of a histogram up to a bound", () => {
    const { registry, latency } = setUp();
    const { good, total } = registry.slo({
      name: "latency",
      objective: 0.99,
      periodDays: 7,
      good: { family: latency, match: { route: { not: "/slow" }, le: 0.25 } },
      total: { family: "latency_seconds", match: { route: { not: "/slow" } } },
    });
    expect(good.family).toBe("latency_seconds_bucket");
    expect(total.family).toBe("latency_seconds_count");
  });

  test("may be of metrics without labels, and of constant labels", () => {
    const { registry, jobs } = setUp();
    registry.slo({
      name: "jobs",
      objective: 0.5,
      good: { family: jobs, match: { service: ["shop", "store"] } as object },
      total: { family: jobs },
    });
    expect(registry.objectives()[0]!.good.match).toEqual({ service: ["shop", "store"] });
  });

  test("may be declared twice, but not differently", () => {
    const { registry, orders } = setUp();
    const events = {
      good: { family: orders, match: { outcome: "ok" } },
      total: { family: orders },
    };
    const first = registry.slo({ name: "orders", objective: 0.9, ...events });
    expect(registry.slo({ name: "orders", objective: 0.9, ...events })).toBe(first);
    expect(() => registry.slo({ name: "orders", objective: 0.8, ...events })).toThrow(
      /^Objective "orders" is there already, and differs: /,
    );
    expect(registry.objectives()).toHaveLength(1);
  });
});

const { registry, orders, latency, depth } = setUp();
const right = { family: orders, match: { outcome: "ok" } };

test.each<[field: string, options: object, message: string]>([
  ["name", { name: "a b" }, 'An objective: name is "a b": use letters, digits, "-" and "_", as in'],
  [
    "objective",
    { objective: 99.9 },
    "objective is 99.9: use a fraction above 0 and below 1, such as 0.999.",
  ],
  [
    "objective",
    { objective: 1 },
    "objective is 1: use a fraction above 0 and below 1, such as 0.999.",
  ],
  ["periodDays", { periodDays: 0 }, "periodDays is 0: use a whole number from 1 to 90."],
  ["description", { description: 1 }, "description is 1: use a string."],
  ["an unknown option", { target: 0.9 }, 'slo: there is no option "target"'],
  ["good", { good: undefined }, 'Objective "x": good: the options are undefined: pass an object.'],
  [
    "good.family",
    { good: { family: "order" } },
    'good.family is "order": there is no such metric: did you mean orders_total?',
  ],
  [
    "good.family",
    { good: { family: {} } },
    "good.family is an object: use a metric of this registry, or its name.",
  ],
  [
    "total.family",
    { total: { family: depth } },
    'total.family is "depth": it is a gauge, which counts no events: use a counter or a histogram.',
  ],
  [
    "good.match",
    { good: { family: orders, match: { outcom: "ok" } } },
    'good.match of orders_total: there is no option "outcom": did you mean outcome?',
  ],
  [
    "good.match.outcome",
    { good: { family: orders, match: { outcome: [] } } },
    "good.match.outcome is an array: use a value, an array of values, or { not: … }",
  ],
  [
    "good.match.outcome",
    { good: { family: orders, match: { outcome: null } } },
    "good.match.outcome is null: use a value",
  ],
  [
    "good.match.le",
    { good: { family: latency, match: { le: 0.3 } } },
    "good.match.le is 0.3: use a bound of its buckets, 0.1, 0.25, 1, or give it one of this bound.",
  ],
])("a wrong %s throws with a way out", (_, wrong, message) => {
  const options = { name: "x", objective: 0.9, good: right, total: { family: orders }, ...wrong };
  expect(() => registry.slo(options as never)).toThrow(message);
  expect(registry.objectives()).toEqual([]);
});

test("labels are typed", () => {
  const wrong = () =>
    registry.slo({
      name: "typed",
      objective: 0.9,
      // @ts-expect-error the counter has no such label
      good: { family: orders, match: { outcom: "ok" } },
      total: { family: orders },
    });
  expect(wrong).toThrow("outcom");
});
