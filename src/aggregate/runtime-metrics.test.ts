import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { joinProcesses, type Membership } from "./processes.ts";
import { joinThreads } from "./threads.ts";

let directory: string;
const memberships: Membership[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "narthex-runtime-"));
});

afterEach(() => {
  for (const membership of memberships.splice(0)) membership.leave();
  rmSync(directory, { recursive: true });
});

const joins = {
  processes: (registry: Registry) => joinProcesses(registry, { group: "shop", directory }),
  threads: (registry: Registry) => joinThreads(registry, { group: directory }),
};

/** Some of what `collectRuntime` has, and a counter. */
function define(registry: Registry, cpu: number): void {
  registry.counter({ name: "process_cpu_seconds", help: "" }).inc(cpu);
  registry.gauge({ name: "process_resident_memory_bytes", help: "" }).set(100);
  registry.gauge({ name: "nodejs_heap_size_used_bytes", help: "" }).set(10);
  const gc = { name: "nodejs_gc_duration_seconds", help: "", labels: ["kind"], buckets: [1] };
  registry.histogram(gc).observe({ kind: "minor" }, 0.5);
  registry.counter({ name: "orders", help: "" }).inc();
}

async function shown(registry: Registry): Promise<unknown> {
  const { value } = parseTextPage(await registry.text());
  return {
    cpu: value("process_cpu_seconds_total"),
    memory: value("process_resident_memory_bytes"),
    heap: value("nodejs_heap_size_used_bytes"),
    collections: value("nodejs_gc_duration_seconds_count", { kind: "minor" }),
    orders: value("orders_total"),
  };
}

describe.each(["processes", "threads"] as const)(
  "registries of one process in a group of %s",
  (kind) => {
    it("count what they have of the process once", async () => {
      const [first, second, third] = [new Registry(), new Registry(), new Registry()];
      const [, leaving] = [first, second, third].map((registry) => {
        const membership = joins[kind](registry);
        memberships.push(membership);
        return membership;
      });
      define(first, 5);
      define(second, 4);
      const once = { cpu: 5, memory: 100, heap: 10, collections: 1, orders: 2 };
      // Each reports before it shows.
      await second.text();
      for (const registry of [first, second, third]) expect(await shown(registry)).toEqual(once);
      leaving!.leave();
      for (let page = 0; page < 2; page += 1) expect(await shown(third)).toEqual(once);
    });

    it("show them by their constant labels", async () => {
      const labelled = ["a", "b"].map((app) => new Registry({ labels: { app } }));
      for (const registry of labelled) {
        memberships.push(joins[kind](registry));
        define(registry, 5);
        await registry.text();
      }
      const { value } = parseTextPage(await labelled[0]!.text());
      for (const app of ["a", "b"]) expect(value("process_cpu_seconds_total", { app })).toBe(5);
    });
  },
);

it.each([
  ["two registries", "const joined = [new Registry(), new Registry()];"],
  ["threads", "const joined = [new Registry()]; joinThreads(joined[0]);"],
])("a process with %s that ends keeps its CPU time in the total of the group", async (_, make) => {
  const registry = new Registry();
  memberships.push(joins.processes(registry));
  const program = `
    import { Registry } from "narthex";
    import { joinProcesses } from "narthex/processes";
    import { joinThreads } from "narthex/threads";
    ${make}
    for (const [i, registry] of joined.entries()) {
      joinProcesses(registry, { group: "shop", directory: process.argv[1] });
      // The second one was read earlier.
      registry.counter({ name: "process_cpu_seconds", help: "" }).inc(5 - i);
    }
  `;
  const args = ["--input-type=module", "--eval", program, directory];
  await promisify(execFile)(process.execPath, args);
  for (let page = 0; page < 2; page += 1) {
    expect(await shown(registry)).toMatchObject({ cpu: 5 });
  }
});
