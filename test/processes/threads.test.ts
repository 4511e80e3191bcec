import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { type Exposition, metrics, Registry } from "narthex";
import { joinProcesses } from "narthex/processes";
import { joinThreads, type Membership } from "narthex/threads";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";

const require = createRequire(import.meta.url);

/** What the test uses of piscina. */
interface Pool {
  run(task: string): Promise<unknown>;
  destroy(): Promise<void>;
}

const memberships: Membership[] = [];
const threads: Thread[] = [];

afterEach(async () => {
  for (const membership of memberships.splice(0)) membership.leave();
  await Promise.all(threads.splice(0).map((thread) => thread.end()));
});

function joined(group: string, registry = new Registry()): Registry {
  memberships.push(joinThreads(registry, { group }));
  return registry;
}

/** A thread that runs thread.mjs. */
class Thread {
  readonly worker: Worker;
  readonly #done = new Int32Array(new SharedArrayBuffer(4));

  constructor(group: string, directory?: string) {
    const workerData = { group, directory, done: this.#done.buffer };
    this.worker = new Worker(join(import.meta.dirname, "thread.mjs"), { workerData });
    threads.push(this);
  }

  /** @param directory of the group of processes that it joins at the command `processes` */
  static async start(group: string, directory?: string): Promise<Thread> {
    const thread = new Thread(group, directory);
    await once(thread.worker, "message");
    return thread;
  }

  /** What the thread gives for a command, or for code with `registry` and `work`. */
  async run(command: { readonly name: string } | { readonly code: string }): Promise<string> {
    const answer = once(this.worker, "message");
    this.worker.postMessage(command);
    return String((await answer)[0]);
  }

  /** Lets it count without end, which blocks it; resolves when it has begun. */
  async keepBusy(): Promise<void> {
    this.worker.postMessage({ name: "busy" });
    await vi.waitFor(() => expect(this.done).toBeGreaterThan(0), { timeout: 10_000 });
  }

  /** How many updates it has completed. */
  get done(): number {
    return Atomics.load(this.#done, 0);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

/** The value of a sample, by its name with its labels; undefined if it is not there. */
function sample(page: string, name: string): number | undefined {
  const line = page.split("\n").find((line) => line.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

const BUSY = 'work_total{kind="busy"}';
const PROTOBUF =
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

describe("a thread that counts without end", () => {
  it("is shown as it is now, and loses nothing when it is terminated", async () => {
    const group = randomUUID();
    const registry = joined(group);
    let sure = 0;
    let ended = 0;
    for (let round = 0; round < 3; round += 1) {
      const pair = await Promise.all([Thread.start(group), Thread.start(group)]);
      await Promise.all(pair.map((thread) => thread.keepBusy()));
      let last = 0;
      for (let scrape = 0; scrape < 10; scrape += 1) {
        const done = sure + pair[0]!.done + pair[1]!.done;
        const page = await registry.text();
        const total = sample(page, BUSY)!;
        expect(total).toBeGreaterThanOrEqual(Math.max(last, done));
        expect(sample(page, "size_count")).toBe(sample(page, 'size_bucket{le="+Inf"}'));
        last = total;
      }
      await Promise.all(pair.map((thread) => thread.end()));
      for (const thread of pair) sure += thread.done;
      ended += pair.length;
      const total = sample(await registry.text(), BUSY)!;
      expect(total).toBeGreaterThanOrEqual(Math.max(last, sure));
      // Each may have been ended between an update and its note of it.
      expect(total).toBeLessThanOrEqual(sure + ended);
    }
    // Native buckets that don't fit the count would make Prometheus refuse the page.
    const { body }: Exposition = await registry.expose({ accept: PROTOBUF, names: ["size"] });
    expect(body.length).toBeGreaterThan(100);
  });

  it("is in what a thread that is free reports to other processes", async () => {
    const directory = mkdtempSync(join(tmpdir(), "narthex-threads-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const group = randomUUID();
    const [blocked, free] = [await Thread.start(group), await Thread.start(group, directory)];
    await free.run({ name: "processes" });
    await blocked.keepBusy();
    // A registry that knows nothing of these threads stands for another process.
    const other = new Registry();
    memberships.push(joinProcesses(other, { group, directory }));
    for (let round = 0; round < 3; round += 1) {
      const { done } = blocked;
      await vi.waitFor(
        async () => expect(sample(await other.text(), BUSY)).toBeGreaterThanOrEqual(done),
        { timeout: 10_000 },
      );
    }
    // The threads have memory of their own, as nobody who had joined has started them.
    expect(sample(await other.text(), "narthex_members")).toBe(2);
    await blocked.end();
    const { done } = blocked;
    await vi.waitFor(
      async () => expect(sample(await other.text(), BUSY)).toBeGreaterThanOrEqual(done),
      { timeout: 10_000 },
    );
  });

  it("delays no page of another thread", async () => {
    const group = randomUUID();
    const registry = joined(group);
    const blocked = await Thread.start(group);
    const other = await Thread.start(group);
    await blocked.keepBusy();
    const before = blocked.done;
    const page = await other.run({ name: "text" });
    expect(sample(page, BUSY)).toBeGreaterThanOrEqual(before);
    expect(sample(await registry.text(), "narthex_members")).toBe(3);
  });
});

it("any thread answers for all, and those that ended are left out of gauges", async () => {
  const group = randomUUID();
  const registry = joined(group);
  registry.gauge({ name: "depth", help: "", aggregate: "each" }).set(1);
  const [a, b] = await Promise.all([Thread.start(group), Thread.start(group)]);
  const code = `
    registry.gauge({ name: "depth", help: "", aggregate: "each" }).set(2);
    registry.info({ name: "build", help: "" }).set({ version: "1" });
    registry.summary({ name: "took", help: "", quantiles: [0.5] }).observe(3);
    registry.counter({ name: "seen", help: "" }).inc(1, { exemplar: { trace_id: "abc" } });
    registry.register({ visit: (sink) => {
      sink.family({ name: "foreign", help: "", type: "counter" });
      sink.counter({ labelNames: [], labelValues: [], created: NaN, timestamp: NaN, slot: 0, tenancy: 0 }, 5);
    } });
    work.inc({ kind: "x" }, 3);
    return registry.text();`;
  await a!.run({ code });
  const page = await b!.run({ name: "text" });
  const { pid } = process;
  expect(sample(page, 'work_total{kind="x"}')).toBe(3);
  expect(sample(page, `depth{process="${pid}"}`)).toBe(1);
  expect(sample(page, `depth{process="${pid}/${a!.worker.threadId}"}`)).toBe(2);
  expect(sample(page, 'build_info{version="1"}')).toBe(1);
  expect(sample(page, 'took{quantile="0.5"}')).toBeCloseTo(3, 1);
  expect(sample(page, "foreign_total")).toBe(5);
  const openMetrics = "application/openmetrics-text;version=1.0.0";
  const { body } = await registry.expose({ accept: openMetrics });
  expect(new TextDecoder().decode(body)).toContain('seen_total 1 # {trace_id="abc"} 1');
  await a!.end();
  const after = await registry.text();
  expect(sample(after, 'work_total{kind="x"}')).toBe(3);
  expect(sample(after, "took_count")).toBe(1);
  expect(sample(after, `depth{process="${pid}"}`)).toBe(1);
  expect(after).not.toContain("build_info{");
  expect(after.match(/^depth\{/gm)).toHaveLength(1);
  expect(sample(after, "narthex_members")).toBe(2);
});

it("threads find each other where those that they start join first", async () => {
  const group = randomUUID();
  const [a, b] = await Promise.all([Thread.start(group), Thread.start(group)]);
  await a!.run({ code: 'work.inc({ kind: "early" }, 2);' });
  const registry = joined(group);
  await vi.waitFor(async () => {
    expect(sample(await registry.text(), "narthex_members")).toBe(3);
  });
  expect(sample(await b!.run({ name: "text" }), 'work_total{kind="early"}')).toBe(2);
  await a!.end();
  const late = await Thread.start(group);
  expect(sample(await late.run({ name: "text" }), 'work_total{kind="early"}')).toBe(2);
});

it("metrics of the process are shown once, those of a thread are added up", async () => {
  const group = randomUUID();
  const registry = joined(group);
  const define = (target: Registry) => {
    target.gauge({ name: "process_resident_memory_bytes", help: "" }).set(100);
    target.counter({ name: "process_cpu_seconds", help: "" }).inc(7);
    target.gauge({ name: "nodejs_heap_size_used_bytes", help: "" }).set(10);
  };
  define(registry);
  const thread = await Thread.start(group);
  await thread.run({ code: `(${define})(registry);` });
  for (const members of [2, 1, 1]) {
    const page = await registry.text();
    expect(sample(page, "process_resident_memory_bytes")).toBe(100);
    expect(sample(page, "process_cpu_seconds_total")).toBe(7);
    expect(sample(page, "nodejs_heap_size_used_bytes")).toBe(10 * members);
    await thread.end();
  }
});

it("the threads of a process that has joined others are that process, for gauges also one by one", async () => {
  const directory = mkdtempSync(join(tmpdir(), "narthex-threads-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const group = randomUUID();
  const registry = joined(group);
  const [early, other] = [await Thread.start(group), new Registry()];
  joinProcesses(registry, { group, directory });
  const late = await Thread.start(group);
  memberships.unshift(joinProcesses(other, { group, directory }));
  const each = 'registry.gauge({ name: "depth", help: "", aggregate: "each" }).set(1);';
  for (const thread of [early, late]) {
    await thread.run({ code: `work.inc({ kind: "x" }, 2); ${each} return registry.text();` });
  }
  const page = await other.text();
  expect(sample(page, "narthex_members")).toBe(2);
  expect(sample(page, 'work_total{kind="x"}')).toBe(4);
  for (const { worker } of [early, late]) {
    expect(sample(page, `depth{process="${process.pid}/${worker.threadId}"}`)).toBe(1);
  }
  for (const thread of [early, late]) {
    expect(sample(await thread.run({ name: "text" }), 'work_total{kind="x"}')).toBe(4);
  }
  await late.run({ code: 'work.inc({ kind: "x" }, 5)' });
  await late.end();
  expect(sample(await early.run({ name: "text" }), 'work_total{kind="x"}')).toBe(9);
  const after = await other.text();
  expect(sample(after, 'work_total{kind="x"}')).toBe(9);
  expect(after.match(/^depth\{/gm)).toHaveLength(1);
});

it("the workers of a pool are counted, also those that it has ended", async () => {
  memberships.push(joinThreads(metrics));
  const { Piscina } = require("piscina") as { Piscina: new (options: object) => Pool };
  const pool = new Piscina({
    filename: join(import.meta.dirname, "pool-worker.mjs"),
    minThreads: 2,
    maxThreads: 2,
  });
  await Promise.all(Array.from({ length: 50 }, () => pool.run("a")));
  expect(sample(await metrics.text(), 'pool_tasks_total{by="a"}')).toBe(50);
  await pool.destroy();
  expect(sample(await metrics.text(), 'pool_tasks_total{by="a"}')).toBe(50);
});
