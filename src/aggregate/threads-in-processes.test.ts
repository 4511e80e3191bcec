import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Registry } from "../registry/registry.ts";
import { joinProcesses, type Membership } from "./processes.ts";
import { joinThreads } from "./threads.ts";

// Groups of threads stand for processes here: each of them is a member of the group of processes.

let directory: string;
const memberships: Membership[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "narthex-both-"));
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});

afterEach(() => {
  for (const membership of memberships.splice(0)) membership.leave();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

type Order = "threads first" | "processes first" | "threads alone";

function joinBoth(registry: Registry, process: string, order: Order = "threads first"): Membership {
  const threads = () => joinThreads(registry, { group: process });
  const processes = () => joinProcesses(registry, { group: "shop", directory });
  const joined = order === "processes first" ? [processes(), threads()] : [threads()];
  if (order === "threads first") joined.push(processes());
  memberships.push(...joined);
  return { leave: () => joined[0]!.leave() };
}

function metricsOf(registry: Registry) {
  const labels = ["a"] as const;
  return {
    registry,
    counter: registry.counter({ name: "c", help: "C.", labels }),
    gauge: registry.gauge({ name: "g", help: "G.", labels }),
    classic: registry.histogram({ name: "h", help: "H.", labels, buckets: [1, 2, 4] }),
    native: registry.histogram({ name: "n", help: "N.", labels, native: true }),
    summary: registry.summary({ name: "s", help: "S.", labels }),
  };
}
type Metrics = ReturnType<typeof metricsOf>;

async function page({ registry }: Pick<Metrics, "registry">): Promise<string> {
  const accept = "application/openmetrics-text;version=2.0.0";
  const { body } = await registry.expose({ accept });
  const text = new TextDecoder().decode(body).replaceAll(/ st@[\d.]+|,?quantile:\[.*?\]/g, "");
  return text.replaceAll(/^(?:# \w+ )?narthex_.*\n/gm, "");
}

/** The lines of what only grows, as they must not depend on who left: gauges go with their members. */
async function counts(metrics: Metrics): Promise<string[]> {
  const lines = (await page(metrics)).split("\n");
  return lines.filter((line) => /^[chns](?:_total)?\{/.test(line)).sort();
}

async function value(registry: Registry, name: string): Promise<number> {
  const line = (await registry.text()).split("\n").find((line) => line.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
}

// Multiples of 1/8, so that one registry, which rounds each addition, is exact, too.
const amount = fc.integer({ min: 0, max: 800 }).map((eighths) => eighths / 8);
const step = fc.record({
  what: fc.constantFrom("update", "update", "update", "remove", "leave", "read"),
  member: fc.nat({ max: 3 }),
  metric: fc.nat({ max: 3 }),
  amount,
  a: fc.constantFrom("one", "two"),
  order: fc.constantFrom<Order>("threads first", "processes first"),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function update({ counter, classic, native, summary }: Metrics, { metric, amount, a }: Step): void {
  if (metric === 0) counter.inc({ a }, amount);
  else [classic, native, summary][metric - 1]!.observe({ a }, amount);
}

function remove({ counter, classic, native, summary }: Metrics, { metric, a }: Step): void {
  [counter, classic, native, summary][metric]!.remove({ a });
}

describe("threads of several processes", () => {
  it("are what one registry is that had all updates, whoever joins, leaves and shows a page", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const one = metricsOf(new Registry());
        // Two processes of two threads each. The first ones stay, so that the group goes on.
        const processes = [randomUUID(), randomUUID()];
        const begin = (member: number, order: Order) => {
          const metrics = metricsOf(new Registry());
          return { metrics, membership: joinBoth(metrics.registry, processes[member % 2]!, order) };
        };
        const members = [0, 1, 2, 3].map((member) => begin(member, "threads first"));
        for (const step of steps) {
          const { metrics, membership } = members[step.member]!;
          if (step.what === "update") for (const target of [metrics, one]) update(target, step);
          if (step.what === "remove") remove(metrics, step);
          if (step.what === "read") {
            await counts(members[1 - (step.member % 2)]!.metrics); // Whoever shows has reported before.
            expect(await counts(metrics)).toEqual(await counts(one));
          }
          if (step.what === "leave" && step.member > 1) {
            membership.leave();
            members[step.member] = begin(step.member, step.order);
          }
        }
        await counts(members[1]!.metrics);
        const shown = [];
        for (const { metrics } of members) shown.push(await counts(metrics));
        for (const membership of memberships.splice(0)) membership.leave();
        const wanted = await counts(one);
        expect(shown).toEqual([wanted, wanted, wanted, wanted]);
        expect(readdirSync(join(directory, readdirSync(directory)[0]!))).toEqual([]);
      }),
      { numRuns: Number(process.env.THREAD_RUNS ?? 20) },
    );
  });
});

void value;
