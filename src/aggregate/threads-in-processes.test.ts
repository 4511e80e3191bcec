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

describe("a process with threads", () => {
  it.each<Order>(["threads first", "processes first"])(
    "is one member, where it joins %s",
    async (order) => {
      const [process, other] = [randomUUID(), randomUUID()];
      const [a, b, c] = [new Registry(), new Registry(), new Registry()];
      a.counter({ name: "early", help: "" }).inc(3);
      joinBoth(a, process, order);
      joinBoth(b, process, "threads alone");
      joinBoth(c, other, order);
      for (const registry of [a, b, c]) {
        registry.counter({ name: "work", help: "" }).inc();
        registry.gauge({ name: "depth", help: "" }).set(2);
      }
      await b.text();
      for (const registry of [c, b, a]) {
        expect(await value(registry, "work_total")).toBe(3);
        expect(await value(registry, "early_total")).toBe(3);
        expect(await value(registry, "depth")).toBe(6);
        expect(await value(registry, "narthex_members")).toBe(2);
      }
    },
  );

  it("goes on with what it had counted in series that are gone", async () => {
    const [a, other] = [new Registry(), new Registry()];
    const work = a.counter({ name: "work", help: "", labels: ["by"] });
    memberships.push(joinProcesses(a, { group: "shop", directory }));
    joinBoth(other, randomUUID());
    work.inc({ by: "me" }, 5);
    work.remove({ by: "me" });
    memberships.push(joinThreads(a, { group: randomUUID() }));
    await a.text();
    expect(await value(other, 'work_total{by="me"}')).toBe(5);
    a.reset();
    await a.text();
    expect(await value(other, 'work_total{by="me"}')).toBeNaN();
  });

  it("is left with either membership, and keeps what it has counted in the totals of the others", async () => {
    const [a, b] = [new Registry(), new Registry()];
    joinBoth(b, randomUUID());
    const process = joinProcesses(a, { group: "shop", directory });
    const thread = joinThreads(a, { group: randomUUID() });
    a.counter({ name: "work", help: "" }).inc();
    process.leave();
    thread.leave();
    a.counter({ name: "work", help: "" }).inc();
    expect(await a.text()).not.toContain("narthex_members");
    expect(await value(b, "work_total")).toBe(1);
    expect(await value(b, "narthex_members")).toBe(1);
  });

  it("can join one group of processes", () => {
    const [a, b] = [new Registry(), new Registry()];
    const group = randomUUID();
    joinBoth(a, group);
    expect(() => joinProcesses(a, { group: "bar", directory })).toThrow(
      /NARTHEX_GROUP_TAKEN|another group/,
    );
    memberships.push(joinProcesses(b, { group: "bar", directory }));
    expect(() => joinThreads(b, { group })).toThrow(/another group/);
    expect(joinProcesses(a)).toBe(memberships[0]);
  });

  it("writes everything again where the folder has vanished", async () => {
    const [a, b] = [new Registry(), new Registry()];
    joinBoth(a, randomUUID());
    joinBoth(b, randomUUID());
    for (const registry of [a, b]) registry.counter({ name: "work", help: "" }).inc();
    await a.text();
    rmSync(join(directory, readdirSync(directory)[0]!), { recursive: true });
    await a.text();
    await b.text();
    expect(await value(a, "work_total")).toBe(2);
  });

  it("reports by itself, once for all of its threads, and leaves no files of reports before", async () => {
    const [process, other] = [randomUUID(), randomUUID()];
    const [a, b, c] = [new Registry(), new Registry(), new Registry()];
    const options = { group: "shop", directory, intervalMs: 5 };
    for (const [registry, group] of [
      [a, process],
      [b, process],
      [c, other],
    ] as const) {
      memberships.push(joinThreads(registry, { group }));
      joinProcesses(registry, options);
    }
    const work = a.counter({ name: "work", help: "" });
    for (let round = 1; round <= 5; round += 1) {
      work.inc();
      await vi.waitFor(async () => expect(await value(c, "work_total")).toBe(round));
    }
    const [parent] = readdirSync(directory);
    const [group] = readdirSync(join(directory, parent!));
    const files = readdirSync(join(directory, parent!, group!));
    // Two reports of each process, as a reader may be about to read the one before; and a log of each thread.
    expect(files.filter((name) => name.endsWith(".report")).length).toBeLessThanOrEqual(4);
    expect(files.length).toBeLessThanOrEqual(4 + 3 + 3 + 1);
  });
});
