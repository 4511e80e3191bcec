import { execFile, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PARTS } from "../registry/parts.ts";
import { Registry } from "../registry/registry.ts";
import { GroupFolder } from "./group/folder.ts";
import { GroupFiles } from "./group/group-files.ts";
import { startOf } from "./group/liveness.ts";
import { type JoinOptions, joinProcesses, type Membership } from "./processes.ts";
import { joinThreads } from "./threads.ts";

let directory: string;
const memberships: Membership[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "narthex-group-"));
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});

afterEach(() => {
  for (const membership of memberships.splice(0)) membership.leave();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

/** Members of a group can be in one process, too: each has a registry. */
function joined(options: JoinOptions = {}, registry = new Registry()) {
  const membership = joinProcesses(registry, { group: "shop", directory, ...options });
  memberships.push(membership);
  return { registry, leave: () => membership.leave() };
}

function orders(registry: Registry) {
  return registry.counter({ name: "orders", help: "Orders.", labels: ["plan"] });
}

/** The values of a metric's lines, by their labels. */
async function values(registry: Registry, name: string): Promise<Record<string, number>> {
  const lines = (await registry.text()).split("\n").filter((line) => line.startsWith(name));
  const parts = lines.map((line) => /^[^ {]+(?:\{(.*)\})? (.*)$/.exec(line)!);
  return Object.fromEntries(parts.map(([, labels = "", value]) => [labels, Number(value)]));
}

function groupFolder(): string {
  const [parent] = readdirSync(directory);
  const [group] = readdirSync(join(directory, parent!));
  return join(directory, parent!, group!);
}

describe("a page of a group", () => {
  it("is right page after page, as reports are read into the memory of earlier ones", async () => {
    const [a, b, c] = [joined(), joined(), joined()];
    let total = 0;
    for (let page = 1; page < 8; page += 1) {
      for (const { registry } of [b, c].slice(page % 2)) {
        orders(registry).inc({ plan: "free" }, page);
        orders(registry).inc({ plan: `new ${page}` });
        total += page;
        await registry.text();
      }
      const shown = await values(a.registry, "orders_total");
      expect(shown['plan="free"']).toBe(total);
      expect(shown[`plan="new ${page}"`]).toBe(2 - (page % 2));
    }
  });

  it("shows what all members have counted, whichever of them makes it", async () => {
    const [a, b] = [joined(), joined()];
    orders(a.registry).inc({ plan: "free" }, 0.1);
    orders(b.registry).inc({ plan: "free" }, 0.2);
    orders(b.registry).inc({ plan: "pro" }, 3);
    await values(b.registry, "orders"); // A member reports before it shows.
    expect(await values(a.registry, "orders_total")).toEqual({
      'plan="free"': 0.30000000000000004,
      'plan="pro"': 3,
    });
    const pages = await Promise.all([a, b].map(({ registry }) => registry.text()));
    const [one, other] = pages.map((page) => page.replaceAll(/narthex_.*\n/g, ""));
    expect(one).toBe(other);
  });

  it("has no summed quantiles and no name with two suffixes in OpenMetrics, and counts of members that ended", async () => {
    const [a, b] = [joined(), joined()];
    for (const { registry } of [a, b]) {
      const took = registry.summary({ name: "took", help: "", quantiles: [0.5] });
      for (let i = 0; i < 10; i += 1) took.observe(4);
      registry.counter({ name: "req_total", help: "" }).inc();
      await registry.text(); // A member reports before it shows.
    }
    const accept = "application/openmetrics-text;version=1.0.0";
    const { contentType, body } = await a.registry.expose({ accept });
    const page = new TextDecoder().decode(body);
    expect(contentType).toMatch(/^application\/openmetrics-text; ?version=1\.0\.0/);
    expect(Number(/^took\{quantile="0.5"\} (.*)$/m.exec(page)?.[1])).toBeCloseTo(4, 1);
    expect(page).toMatch(/^took_count 20$/m);
    expect(page).toMatch(/^req_total 2$/m);
    expect(page).not.toContain("_total_total");
    expect(page).toMatch(/# EOF\n$/);
    b.leave();
    expect(await values(a.registry, "req_total")).toEqual({ "": 2 });
  });

  it("has members' reports after at most an interval", async () => {
    const [a, b] = [joined({ intervalMs: 5 }), joined({ intervalMs: 5 })];
    orders(a.registry).inc({ plan: "free" });
    await vi.waitFor(async () =>
      expect(await values(b.registry, "orders_total")).toEqual({ 'plan="free"': 1 }),
    );
  });

  it("shows gauges as they ask for", async () => {
    const all = [joined(), joined(), joined()];
    const kinds = ["sum", "min", "max", "average", "last", "each"] as const;
    for (const [i, { registry }] of all.entries()) {
      for (const aggregate of kinds) {
        registry.gauge({ name: `g_${aggregate}`, help: "", aggregate }).set([2, 9, 4][i]!);
      }
      await registry.text();
    }
    const page = await all[0]!.registry.text();
    const shown = kinds
      .slice(0, 4)
      .map((kind) => Number(RegExp(`^g_${kind} (.*)$`, "m").exec(page)![1]));
    expect(shown).toEqual([15, 2, 9, 5]);
    expect(page).toMatch(/^g_last 4$/m);
    expect(page).toContain(`g_each{process="${process.pid}"} `);
  });

  it("has the group's own metrics", async () => {
    const [{ registry }] = [joined(), joined(), joined()];
    expect(await values(registry, "narthex_members")).toEqual({ "": 3 });
    const ages = await values(registry, "narthex_member_report_age_seconds");
    expect(ages[`process="${process.pid}"`]).toBeGreaterThanOrEqual(0);
    expect((await values(registry, "narthex_group_read_seconds"))[""]).toBeGreaterThan(0);
  });

  it("has sources and registries that a member has registered", async () => {
    const [a, b] = [joined(), joined()];
    const plugin = new Registry({ labels: { plugin: "search" } });
    plugin.counter({ name: "hits", help: "" }).inc(2);
    a.registry.register(plugin);
    b.registry.register({
      visit(sink) {
        sink.family({ name: "jobs", help: "", type: "gauge" });
        sink.gauge({ ...HEAD, labelNames: ["queue"], labelValues: ["mail"] }, 7);
      },
    });
    for (const { registry } of [a, b]) await registry.text();
    expect(await values(a.registry, "jobs")).toEqual({ 'queue="mail"': 7 });
    expect(await values(b.registry, "hits_total")).toEqual({ 'plugin="search"': 2 });
  });

  it("reads the values of a member's callbacks", async () => {
    const [a, b] = [joined({ intervalMs: 5 }), joined({ intervalMs: 5 })];
    a.registry.gauge({ name: "size", help: "", collect: () => 4 });
    await vi.waitFor(async () => expect(await values(b.registry, "size")).toEqual({ "": 4 }));
  });

  it("keeps to a family's limit, with the oldest series", async () => {
    const now = (ms: number) => new Registry({ now: () => ms });
    const [a, b] = [joined({}, now(1000)), joined({}, now(2000))];
    for (const [i, { registry }] of [a, b].entries()) {
      const counter = registry.counter({ name: "hits", help: "", labels: ["path"], limit: 2 });
      counter.inc({ path: `/${i}` });
      counter.inc({ path: `/${i}/more` });
      await registry.text();
    }
    for (const { registry } of [a, b]) {
      expect(await values(registry, "hits_total")).toEqual({
        'path="/0"': 1,
        'path="/0/more"': 1,
        'path="_other"': 2,
      });
    }
  });

  it("is a page of the registry itself again after it has left", async () => {
    const [a, b] = [joined(), joined()];
    orders(a.registry).inc({ plan: "free" });
    orders(b.registry).inc({ plan: "free" });
    a.leave();
    expect(await values(a.registry, "orders_total")).toEqual({ 'plan="free"': 1 });
  });
});

describe("the counts of a member", () => {
  it("stay when it ends, but its gauges go", async () => {
    const [a, b] = [joined(), joined()];
    orders(a.registry).inc({ plan: "free" }, 5);
    a.registry.gauge({ name: "depth", help: "" }).set(5);
    a.registry.histogram({ name: "h", help: "", buckets: [1], native: true }).observe(0.5);
    a.leave();
    orders(b.registry).inc({ plan: "free" });
    expect(await values(b.registry, "orders_total")).toEqual({ 'plan="free"': 6 });
    expect(await values(b.registry, "depth")).toEqual({});
    expect(await values(b.registry, "h_count")).toEqual({ "": 1 });
    expect(await values(b.registry, "narthex_members")).toEqual({ "": 1 });
  });

  it("are folded, so that files don't grow with restarts", async () => {
    const { registry } = joined();
    for (let restart = 0; restart < 20; restart += 1) {
      const member = joined();
      orders(member.registry).inc({ plan: "free" }, 0.1);
      member.leave();
      await registry.text();
    }
    expect(await values(registry, "orders_total")).toEqual({ 'plan="free"': 2 });
    expect(readdirSync(groupFolder()).length).toBeLessThanOrEqual(6);
  });

  it("stay when its series are removed, cleared or expire, and go when they are reset", async () => {
    let ms = 0;
    const a = joined({}, new Registry({ now: () => ms }));
    const b = joined();
    const counter = orders(a.registry);
    const plain = a.registry.counter({ name: "plain", help: "" });
    const expiring = a.registry.histogram({
      ...{ name: "old", help: "", labels: ["a"], buckets: [1], expireAfterSeconds: 1 },
    });
    counter.inc({ plan: "free" }, 2);
    plain.inc(3);
    expiring.observe({ a: "x" }, 0.5);
    counter.remove({ plan: "free" });
    plain.clear();
    ms = 5000;
    await a.registry.text();
    counter.inc({ plan: "free" });
    plain.inc();
    expect(await values(a.registry, "orders_total")).toEqual({ 'plan="free"': 3 });
    expect(await values(b.registry, "plain_total")).toEqual({ "": 4 });
    expect(await values(b.registry, "old_count")).toEqual({ 'a="x"': 1 });
    a.registry.unregister("plain");
    await a.registry.text();
    expect(await values(b.registry, "plain_total")).toEqual({ "": 4 });
    counter.reset();
    expect(await values(a.registry, "orders_total")).toEqual({ 'plan="free"': 0 });
  });

  it("go when all members have ended, and the folder with them", async () => {
    const before = joined();
    orders(before.registry).inc({ plan: "free" });
    before.leave();
    const [parent] = readdirSync(directory);
    expect(readdirSync(join(directory, parent!))).toEqual([]);
    const after = joined();
    expect(await values(after.registry, "orders_total")).toEqual({});
  });

  it("leave nothing behind where the last two members end at the same moment", () => {
    const [a, b] = [joined(), joined()];
    for (const { registry } of [a, b]) orders(registry).inc({ plan: "free" });
    const { fold } = GroupFiles.prototype;
    const { close } = GroupFolder.prototype;
    vi.spyOn(GroupFiles.prototype, "fold").mockImplementationOnce(function (
      this: GroupFiles,
      ...of
    ) {
      let isFolded = false;
      // The other one has found out that none runs, and has removed all files, when this one writes its fold.
      vi.spyOn(GroupFolder.prototype, "close").mockImplementationOnce(function (this: GroupFolder) {
        isFolded = writeFold();
        close.call(this);
      });
      const writeFold = () => fold.apply(this, of);
      b.leave();
      return isFolded;
    });
    a.leave();
    const [parent] = readdirSync(directory);
    expect(readdirSync(join(directory, parent!))).toEqual([]);
  });

  it("are those of its last report where it is killed while another one reads", async () => {
    const a = joined();
    const others = readdirSync(groupFolder());
    const b = joined();
    const isNew = (name: string) => name.endsWith(".report") && !others.includes(name);
    const path = join(groupFolder(), readdirSync(groupFolder()).find(isNew)!);
    const reports: Buffer[] = [];
    for (let count = 1; count <= 2; count += 1) {
      orders(b.registry).inc({ plan: "free" });
      await b.registry.text();
      reports.push(readFileSync(path));
    }
    // A process that has reported what the member did at first, and reports what it did at last before it ends.
    const { pid = 0 } = spawn("sleep", ["60"]);
    const name = `${pid}-${startOf(pid) ?? 0}-0123456789ab.report`;
    writeFileSync(join(groupFolder(), name), reports[0]!);
    const { read } = GroupFolder.prototype;
    const reading = vi.spyOn(GroupFolder.prototype, "read");
    reading.mockImplementation(function (this: GroupFolder, ...of) {
      const file = read.apply(this, of);
      if (of[0] !== name || startOf(pid) === undefined) return file;
      writeFileSync(this.file(name), reports[1]!);
      process.kill(pid, "SIGKILL");
      while (startOf(pid) !== undefined);
      return file;
    });
    await a.registry.text();
    reading.mockRestore();
    expect(await values(a.registry, "orders_total")).toEqual({ 'plan="free"': 4 });
  });

  it("are those of a dead member where another process has got its id", async () => {
    const a = joined();
    const others = readdirSync(groupFolder());
    const b = joined();
    orders(b.registry).inc({ plan: "free" });
    b.registry.gauge({ name: "depth", help: "" }).set(5);
    await b.registry.text();
    const isOfB = (name: string) => name.endsWith(".report") && !others.includes(name);
    const report = readFileSync(join(groupFolder(), readdirSync(groupFolder()).find(isOfB)!));
    const { pid = 0 } = spawn("sleep", ["60"]);
    // The report says when its process started, which is another time.
    const name = `${pid}-${startOf(pid)! - 1}-0123456789ab.report`;
    writeFileSync(join(groupFolder(), name), report);
    expect(await values(a.registry, "orders_total")).toEqual({ 'plan="free"': 2 });
    expect(await values(a.registry, "depth")).toEqual({ "": 5 });
    expect(await values(a.registry, "narthex_members")).toEqual({ "": 2 });
    expect(existsSync(join(groupFolder(), name))).toBe(false);
    process.kill(pid);
  });

  it("wait for a new member as long as it was asked for", async () => {
    const before = joined({ keepSeconds: 60 });
    orders(before.registry).inc({ plan: "free" });
    before.leave();
    const { registry } = joined({ keepSeconds: 60 });
    expect(await values(registry, "orders_total")).toEqual({ 'plan="free"': 1 });
  });

  it("stay although no member defines the metric any more", async () => {
    const [a, b] = [joined(), joined()];
    orders(a.registry).inc({ plan: "free" });
    a.leave();
    await b.registry.text();
    expect(await values(b.registry, "orders_total")).toEqual({ 'plan="free"': 1 });
  });
});

describe("definitions that differ", () => {
  it("are counted and warned of, and the newest is shown", async () => {
    const [a, b] = [joined(), joined()];
    a.registry.histogram({ name: "h", help: "Old.", buckets: [1, 2] }).observe(1.5);
    b.registry.histogram({ name: "h", help: "New.", buckets: [1, 4] }).observe(3);
    a.registry.counter({ name: "x", help: "" }).inc();
    b.registry.gauge({ name: "x", help: "" }).set(5);
    for (const { registry } of [a, b]) await registry.text();
    expect(await values(a.registry, "h_bucket")).toEqual({
      'le="1.0"': 0,
      'le="2.0"': 1,
      'le="4.0"': 2,
      'le="+Inf"': 2,
    });
    const errors = await values(a.registry, "narthex_group_errors_total");
    expect(errors['reason="definition"']).toBeGreaterThan(0);
    expect(String(vi.mocked(process.emitWarning).mock.calls)).toContain("differently");
    const page = await a.registry.text();
    expect(page).toMatch(/# TYPE x (gauge|counter)/);
  });
});

describe("the folder", () => {
  it("is refused where it is a link, or others may write to it", () => {
    const parent = join(directory, `narthex-${process.getuid!()}`);
    mkdirSync(join(directory, "elsewhere"), { mode: 0o700 });
    symlinkSync(join(directory, "elsewhere"), parent);
    expect(() => joined()).toThrow(/can't share .*: it is no folder, or a link/);
    rmSync(parent);
    mkdirSync(parent);
    chmodSync(parent, 0o755);
    expect(() => joined()).toThrow(/others may read or write/);
  });

  it("may vanish: everything is written again", async () => {
    const [a, b] = [joined(), joined()];
    orders(a.registry).inc({ plan: "free" });
    orders(b.registry).inc({ plan: "free" });
    for (const { registry } of [a, b]) await registry.text();
    rmSync(groupFolder(), { recursive: true });
    for (const { registry } of [a, b]) await registry.text();
    expect(await values(a.registry, "orders_total")).toEqual({ 'plan="free"': 2 });
    const errors = await values(a.registry, "narthex_group_errors_total");
    expect(errors['reason="write"']).toBeGreaterThan(0);
  });

  it("may be full: pages have what was last reported until there is room again", async () => {
    const program = `
      import { execFileSync } from "node:child_process";
      import { readdirSync } from "node:fs";
      import { setTimeout as later } from "node:timers/promises";
      import { Registry } from "narthex";
      import { joinProcesses } from "narthex/processes";
      const allow = (size) => execFileSync("prlimit", ["--fsize=" + size + ":", "--pid=" + process.pid]);
      const registry = new Registry();
      joinProcesses(registry, { group: "shop", directory: process.argv[1], intervalMs: 5 });
      const orders = registry.counter({ name: "orders", help: "Orders.", labels: ["plan"] });
      const shown = async () => (await registry.text()).match(/^orders_total/gm).length;
      orders.inc({ plan: "free" });
      const before = await shown();
      const files = () => readdirSync(process.argv[1], { recursive: true }).length;
      const few = files();
      // As a full disk, this fails in the middle of what is written: of a log, and of a report.
      const during = [];
      for (const size of [1, 20_000]) {
        allow(size);
        for (let i = 0; i < 1000; i += 1) orders.inc({ plan: size + " " + i });
        for (let i = 0; i < 10; i += 1) await later(10);
        during.push(await shown(), files() <= few + 2);
      }
      allow("unlimited");
      const after = await shown();
      const errors = /reason="write"} (\\d+)/.exec(await registry.text());
      console.log(JSON.stringify({ before, during, after, errors: Number(errors[1]) }));
    `;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      "--input-type=module",
      "--eval",
      program,
      directory,
    ]);
    const { errors, ...shown } = JSON.parse(stdout);
    expect(shown).toEqual({ before: 1, during: [1, true, 1, true], after: 2001 });
    expect(errors).toBeGreaterThan(4);
    expect(stderr).toMatch(/The group lacks the newest metrics of this process .*EFBIG/);
  });

  it("may have damaged reports, which are left out and counted", async () => {
    const [a, b] = [joined({ intervalMs: 60_000 }), joined({ intervalMs: 60_000 })];
    orders(a.registry).inc({ plan: "free" });
    await a.registry.text();
    orders(b.registry).inc({ plan: "free" });
    await b.registry.text();
    const folder = groupFolder();
    const report = readdirSync(folder)
      .filter((name) => name.endsWith(".report"))
      .find((name) => readFileSync(join(folder, name)).includes("orders") || name)!;
    const intact = readFileSync(join(folder, report));
    const other = Buffer.from(intact);
    other.writeUInt32LE(99, 8);
    const flipped = Buffer.from(intact);
    flipped[flipped.length - 1]! ^= 1;
    const wrong = [Buffer.alloc(0), intact.subarray(0, 30), flipped, other, Buffer.from("garbage")];
    for (const bytes of wrong) {
      writeFileSync(join(folder, report), bytes);
      for (const { registry } of [a, b]) expect(await registry.text()).toContain("narthex_members");
    }
    const errors = { ...(await values(a.registry, "narthex_group_errors_total")) };
    expect(errors).toMatchObject({ 'reason="version"': expect.any(Number) });
    expect(errors['reason="read"']).toBeGreaterThan(0);
  });

  it("may have a damaged fold, which is left out and counted", async () => {
    const [a, b] = [joined(), joined()];
    orders(b.registry).inc({ plan: "free" });
    b.leave();
    await a.registry.text();
    orders(a.registry).inc({ plan: "pro" });
    const fold = readdirSync(groupFolder()).find((name) => /^fold-.*\.report$/.test(name))!;
    writeFileSync(join(groupFolder(), fold), "garbage");
    expect(await values(a.registry, "orders_total")).toEqual({ 'plan="pro"': 1 });
    const errors = await values(a.registry, "narthex_group_errors_total");
    expect(errors['reason="read"']).toBeGreaterThan(0);
  });

  it("goes with the next group that begins if all processes were killed and nobody waits for them", () => {
    const left = ["long ago", "a moment ago"].map((group) => {
      const old = joined({ group });
      const [parent] = readdirSync(directory);
      const [name] = readdirSync(join(directory, parent!));
      old.leave();
      const folder = join(directory, parent!, name!);
      mkdirSync(folder, { mode: 0o700 });
      const report = join(folder, "999999999-1-0123456789ab.report");
      writeFileSync(report, "");
      if (group === "long ago") utimesSync(report, 1, 1);
      renameSync(folder, `${folder}.aside`);
      return folder;
    });
    for (const folder of left) renameSync(`${folder}.aside`, folder);
    joined();
    expect(left.map((folder) => existsSync(folder))).toEqual([false, true]);
  });
});

it("an idle member visits none of its series", async () => {
  const [a, b] = [joined({ intervalMs: 2 }), joined({ intervalMs: 60_000 })];
  const counter = orders(a.registry);
  const took = a.registry.summary({ name: "took", help: "" });
  const build = a.registry.info({ name: "build", help: "" });
  const last = a.registry.gauge({ name: "last", help: "", aggregate: "last" });
  counter.inc({ plan: "free" });
  await later(50);
  const report = vi.spyOn(PARTS.get(a.registry)!.pages, "report");
  await later(100);
  expect(report).not.toHaveBeenCalled();
  counter.inc({ plan: "free" });
  took.observe(2);
  build.set({ version: "1" });
  last.set(3);
  await vi.waitFor(async () => {
    const page = await b.registry.text();
    expect(page).toContain('orders_total{plan="free"} 2');
    expect(page).toContain("took_sum 2");
    expect(page).toContain('build_info{version="1"} 1');
    expect(page).toContain("last 3");
  });
  build.set({ version: "2" });
  await vi.waitFor(async () => {
    expect(await b.registry.text()).toContain('build_info{version="2"} 1');
  });
});

describe("joinProcesses", () => {
  it("has one listener for the end of the process, however many registries join", () => {
    const before = process.listenerCount("exit");
    for (let i = 0; i < 12; i += 1) {
      joined();
      memberships.push(joinThreads(new Registry(), { group: "listeners" }));
    }
    expect(process.listenerCount("exit")).toBe(before + 1);
  });

  it("asks for a name where nothing tells the group", () => {
    expect(() => joinProcesses(new Registry())).toThrow(/option group or with NARTHEX_GROUP/);
  });

  it("gives the same membership for the same registry", () => {
    const { registry } = joined();
    expect(joinProcesses(registry, { group: "shop", directory })).toBe(memberships.at(-1));
  });

  it("refuses bad options", () => {
    const registry = new Registry();
    for (const options of [
      { group: "" },
      { group: "a", directory: "" },
      { group: "a", intervalMs: 0 },
      { group: "a", keepSeconds: -1 },
      { group: "a", interval: 1 },
    ]) {
      expect(() => joinProcesses(registry, options as JoinOptions)).toThrow(/joinProcesses/);
    }
    expect(() => joinProcesses({} as Registry)).toThrow(/pass a registry/);
  });
});

const HEAD = {
  labelNames: [],
  labelValues: [],
  created: Number.NaN,
  timestamp: Number.NaN,
  table: undefined,
  slot: 0,
  tenancy: 0,
};
