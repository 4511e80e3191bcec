import { expect, test, vi } from "vitest";
import { parse } from "../exposition/parse/parse.ts";
import { Registry } from "./registry.ts";

const OPENMETRICS_2 = "application/openmetrics-text;version=2.0.0-rc0";

async function pageOf(registry: Registry): Promise<string> {
  return new TextDecoder().decode((await registry.expose({ accept: OPENMETRICS_2 })).body);
}

/** A registry of each type of metric, with and without labels, and what updates all of them. */
function everyType(now: () => number) {
  const registry = new Registry({ now });
  const labels = ["a"] as const;
  const native = { native: { exemplarTtlSeconds: 0 }, buckets: [1] };
  const orders = registry.counter({ name: "orders", help: "", labels });
  const plain = registry.counter({ name: "plain", help: "" });
  const depth = registry.gauge({ name: "depth", help: "", labels });
  const wait = registry.histogram({ name: "wait", help: "", labels, ...native });
  const plainWait = registry.histogram({ name: "plain_wait", help: "", ...native });
  const size = registry.summary({ name: "size", help: "", labels });
  const mode = registry.stateSet({ name: "mode", help: "", states: ["on"], labels });
  const held = orders.labels({ a: "x" });
  const heldWait = wait.labels({ a: "x" });
  const heldSize = size.labels({ a: "x" });
  const update = () => {
    const exemplar = { trace_id: "1" };
    held.inc(2, { exemplar });
    orders.inc({ a: "y" }, 3);
    plain.inc(4);
    depth.set({ a: "x" }, 5);
    heldWait.observe(0.5, { exemplar });
    wait.observe({ a: "y" }, 7);
    plainWait.observe(8);
    heldSize.observe(9);
    mode.set({ a: "x" }, "on", true);
  };
  const everyMetric = [orders, plain, depth, wait, plainWait, size, mode];
  return { registry, update, everyMetric };
}

type Used = ReturnType<typeof everyType>;
const resetEach = ({ everyMetric }: Used) => {
  for (const metric of everyMetric) metric.reset();
};

test.each([
  ["a registry", ({ registry }: Used) => registry.reset()],
  ["each of its metrics", resetEach],
])(
  "%s that is reset has all series at zero, from now on, and held series go on",
  async (_, reset) => {
    let now = 1e12;
    const used = everyType(() => now);
    used.update();
    await pageOf(used.registry);
    now += 60_000;
    reset(used);
    const page = await pageOf(used.registry);
    for (const { samples } of parse(page, { contentType: OPENMETRICS_2 }).families) {
      for (const { value, created, exemplars, composite } of samples) {
        expect(value).toBe(0);
        expect(composite?.sum ?? 0).toBe(0);
        expect(Number.isNaN(created) || created === 1e9 + 60).toBe(true);
        expect(exemplars).toEqual([]);
      }
    }
    expect(page).toContain('orders_total{a="x"}');
    expect(page).toContain('orders_total{a="y"}');
    expect(page).toContain("quantile:[0.5:NaN");
    used.update();
    const fresh = everyType(() => now);
    fresh.update();
    expect(await pageOf(used.registry)).toBe(await pageOf(fresh.registry));
  },
);

test("an info keeps its facts, and a metric with collect has what it gives next", async () => {
  const registry = new Registry();
  registry.info({ name: "build", help: "" }).set({ version: "1" });
  registry.counter({ name: "read", help: "", collect: () => 7 });
  const page = await registry.text();
  registry.reset();
  expect(await registry.text()).toBe(page);
});

test("the overflow series stays the overflow series, and what the registry counted of it is gone", async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const registry = new Registry();
  const limited = registry.counter({ name: "limited", help: "", labels: ["id"], limit: 1 });
  limited.inc({ id: "a" });
  limited.inc({ id: "b" });
  registry.reset();
  expect(await registry.text()).not.toContain("narthex_");
  limited.inc({ id: "c" }, 5);
  const page = await registry.text();
  expect(page).toContain('limited_total{id="_other"} 5\n');
  expect(page).toContain('narthex_overflow_updates_total{family="limited"} 1\n');
});

test("a series that has expired stays away until its next update", async () => {
  let now = 1e12;
  const registry = new Registry({ now: () => now });
  const jobs = registry.counter({ name: "jobs", help: "", labels: ["q"], expireAfterSeconds: 60 });
  const mail = jobs.labels({ q: "mail" });
  mail.inc();
  now += 61_000;
  await registry.text();
  registry.reset();
  expect(await registry.text()).not.toContain("mail");
  mail.inc(2);
  expect(await registry.text()).toContain('jobs_total{q="mail"} 2\n');
});
