import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PARTS } from "../../registry/parts.ts";
import { Registry } from "../../registry/registry.ts";
import { joinThreads, type Membership } from "../threads.ts";
import { Arena } from "./arena.ts";
import { Ledger } from "./ledger.ts";
import { ThreadGroup } from "./thread-group.ts";

const NOW = 1_700_000_000_000;
let groups = 0;

function defined(registry: Registry) {
  return {
    registry,
    counter: registry.counter({ name: "c", help: "C.", labels: ["a", "b"] }),
    gauge: registry.gauge({ name: "g", help: "G.", labels: ["a"] }),
    classic: registry.histogram({ name: "h", help: "H.", labels: ["a"], buckets: [1, 2, 4] }),
    native: registry.histogram({ name: "n", help: "N.", labels: ["a"], native: true }),
    limited: registry.histogram({
      name: "l",
      help: "L.",
      labels: ["a"],
      buckets: [],
      native: { maxBuckets: 8, maxZeroThreshold: 0.5 },
    }),
    summary: registry.summary({ name: "s", help: "S.", labels: ["a"] }),
  };
}
type Metrics = ReturnType<typeof defined>;

// Multiples of 1/8, so that one registry, which rounds each addition, is exact, too.
const value = fc.integer({ min: -80, max: 800 }).map((eighths) => eighths / 8);
const label = fc.constantFrom("one", "two", 'th"ree');
const step = fc.record({
  what: fc.constantFrom("update", "update", "update", "update", "remove", "clear", "leave", "read"),
  member: fc.nat({ max: 2 }),
  metric: fc.nat({ max: 5 }),
  value,
  a: label,
  b: label,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function update({ counter, gauge, classic, native, summary, limited }: Metrics, one: Step): void {
  const { metric, value, a, b } = one;
  if (metric === 0) counter.inc({ a, b }, Math.abs(value));
  if (metric === 1) gauge.inc({ a }, value);
  if (metric === 2) classic.observe({ a }, value);
  if (metric === 3) native.observe({ a }, value);
  if (metric === 4) summary.observe({ a }, value);
  if (metric === 5) limited.observe({ a }, value);
}

function remove({ counter, gauge, classic, native, summary, limited }: Metrics, one: Step): void {
  const { metric, a, b } = one;
  if (metric === 0) counter.remove({ a, b });
  else [counter, gauge, classic, native, summary, limited][metric]!.remove({ a } as never);
}

/** What counts on a page: not gauges, nor quantiles, which go with a member. */
async function counts({ registry }: Metrics): Promise<unknown> {
  const lines = (await registry.text()).split("\n");
  const format =
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
  const { body } = await registry.expose({ names: ["n"], accept: format });
  return {
    lines: lines.filter((line) => /^(c|h|n|l|s)_(total|bucket|sum|count)/.test(line)).sort(),
    // The series may be in another order.
    native: [...body].sort((a, b) => a - b).join(),
  };
}

describe("the region of a thread", () => {
  it("has all updates, whatever is removed, and whoever ends", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        groups += 1;
        const memberships: Membership[] = [];
        const join = (): Metrics => {
          const metrics = defined(new Registry({ now: () => NOW }));
          memberships.push(joinThreads(metrics.registry, { group: `property ${groups}` }));
          return metrics;
        };
        const members = [join(), join(), join()];
        const one = defined(new Registry({ now: () => NOW }));
        for (const step of steps) {
          const metrics = members[step.member]!;
          if (step.what === "update") for (const target of [metrics, one]) update(target, step);
          if (step.what === "remove") remove(metrics, step);
          if (step.what === "clear") metrics.counter.clear();
          if (step.what === "read") await metrics.registry.text();
          if (step.what === "leave") {
            memberships.splice(step.member, 1)[0]!.leave();
            members[step.member] = join();
            memberships.splice(step.member, 0, memberships.pop()!);
          }
        }
        const [first, second] = [await counts(members[0]!), await counts(members[1]!)];
        for (const membership of memberships) membership.leave();
        expect(first).toEqual(await counts(one));
        expect(second).toEqual(first);
      }),
      { numRuns: Number(process.env.THREAD_RUNS ?? 30) },
    );
  });

  it("does not grow with series and members that come and go, and keeps what they counted", async () => {
    const arena = Arena.make();
    const fail = (error: unknown) => {
      throw error;
    };
    const sizes = Array.from({ length: 5 }, () => {
      const { registry, counter, native } = defined(new Registry());
      const place = arena.members.find(({ id }) => id === 0)!;
      const id = arena.newId();
      place.take(id, 0, { id: 0, start: 0 });
      const ledger = new Ledger(arena, place, id, fail);
      Object.assign(PARTS.get(registry)!.group, { member: ledger });
      for (const instrument of PARTS.get(registry)!.families) ledger.include(instrument);
      ledger.open();
      for (let series = 0; series < 800; series += 1) {
        counter.inc({ a: String(series % 50), b: "" });
        counter.remove({ a: String(series % 50), b: "" });
        native.observe({ a: "one" }, series);
        ledger.refresh();
      }
      ledger.leave();
      place.end();
      const group = new ThreadGroup(arena, id, fail);
      group.foldEnded(group.read());
      return arena.size;
    });
    const { fold } = new ThreadGroup(arena, 0, fail).read();
    const total = (name: string) =>
      fold
        .report!.rows.filter(({ series }) => series.layout.family.name === name)
        .reduce((sum, { numbers, width, series }) => {
          const counted = numbers.filter((_, i) => i % width <= series.layout.shape.length);
          return counted.reduce((all, one) => all + one, sum);
        }, 0);
    expect([total("c"), total("n")]).toEqual([4000, 4000]);
    expect(sizes.at(-1)).toBeLessThanOrEqual(sizes[1]!);
  });
});
