import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { seriesHead } from "../model/sample-sink.ts";
import { metrics } from "../registry/metrics.ts";
import { Registry } from "../registry/registry.ts";
import { writeTextfile } from "./index.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "narthex-textfile-"));
  file = join(folder, "backup.prom");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function registryWith(value: number): Registry {
  const registry = new Registry();
  registry.gauge({ name: "backup_bytes", help: "Its size.", unit: "bytes" }).set(value);
  return registry;
}

test("the file is the text page, and every user may read it", async () => {
  const mask = process.umask(0o077);
  await writeTextfile(file, { registry: registryWith(42) }).finally(() => process.umask(mask));
  expect(readFileSync(file, "utf8")).toBe(
    "# HELP backup_bytes Its size.\n# TYPE backup_bytes gauge\nbackup_bytes 42\n",
  );
  expect(readdirSync(folder)).toEqual(["backup.prom"]);
  if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o644);
});

test("the process-wide registry is the default", async () => {
  // Test files share a process, and with it this registry.
  onTestFinished(() => void metrics.unregister("backups"));
  metrics.counter({ name: "backups", help: "Backups." }).inc();
  await writeTextfile(file);
  expect(readFileSync(file, "utf8")).toContain("\nbackups_total 1\n");
});

test("names that node_exporter can't read are escaped, as for any old reader", async () => {
  const registry = new Registry();
  registry.gauge({ name: "größe", help: "Größe.", utf8: true }).set(1);
  await writeTextfile(file, { registry });
  expect(readFileSync(file, "utf8")).toContain("\ngr__e 1\n");
});

test("the last of many calls at once is the one that stays, and a reader sees whole pages only", async () => {
  const pages = new Set<string>();
  let isDone = false;
  const reading = (async () => {
    while (!isDone) {
      await new Promise(setImmediate);
      if (readdirSync(folder).includes("backup.prom")) pages.add(readFileSync(file, "utf8"));
    }
  })();
  const registries = Array.from({ length: 20 }, (_, i) => {
    const registry = registryWith(i);
    // The earlier a call, the longer it takes.
    const collect = () => new Promise<number>((resolve) => setTimeout(resolve, 20 - i, i));
    registry.gauge({ name: "late", help: "Late.", collect });
    return registry;
  });
  await Promise.all(registries.map((registry) => writeTextfile(file, { registry })));
  isDone = true;
  await reading;
  expect(readFileSync(file, "utf8")).toContain("\nbackup_bytes 19\n");
  expect(pages.size).toBeGreaterThan(0);
  for (const page of pages) expect(page).toMatch(/^# HELP backup_bytes .*\nlate \d+\n$/s);
  expect(readdirSync(folder)).toEqual(["backup.prom"]);
});

test("a collect callback that hangs costs its family only", async () => {
  const registry = registryWith(1);
  registry.gauge({ name: "hangs", help: "Hangs.", collect: () => new Promise(() => {}) });
  await writeTextfile(file, { registry, deadlineMs: 50 });
  expect(readFileSync(file, "utf8")).toContain("backup_bytes 1\n");
  expect(readFileSync(file, "utf8")).not.toContain("hangs 0");
});

describe("fails", () => {
  test.each(["backup.txt", "backup", "", ".prom", "folder/.prom", undefined])(
    "where the name is %j, as node_exporter reads only *.prom",
    async (name) => {
      const path = name === undefined ? (name as never) : name;
      await expect(writeTextfile(path)).rejects.toThrow(
        /^writeTextfile: option path is .*: use a name that ends in \.prom, because node_exporter/,
      );
    },
  );

  test("where there is no folder, with path and reason, and leaves nothing", async () => {
    const missing = join(folder, "nowhere", "backup.prom");
    const failure = writeTextfile(missing, { registry: registryWith(1) });
    await expect(failure).rejects.toMatchObject({
      code: "NARTHEX_TEXTFILE_FAILED",
      message: expect.stringContaining(missing),
      cause: { code: "ENOENT" },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("where the file can't be replaced, and leaves no temporary file", async () => {
    const taken = join(folder, "folder.prom");
    await writeTextfile(join(folder, "a.prom"), { registry: registryWith(1) });
    rmSync(join(folder, "a.prom"));
    mkdirSync(join(taken, "inside"), { recursive: true });
    await expect(writeTextfile(taken, { registry: registryWith(1) })).rejects.toThrow(
      /EISDIR|ENOTEMPTY|EEXIST|EPERM/,
    );
    expect(readdirSync(folder)).toEqual(["folder.prom"]);
  });

  test("where a sample has a timestamp, and keeps the file as it was", async () => {
    await writeTextfile(file, { registry: registryWith(1) });
    const registry = registryWith(2);
    registry.register({
      visit(sink) {
        sink.family({ name: "stock", help: "Stock.", type: "gauge" });
        sink.gauge(seriesHead(["place"], ["} here 1"]), 1);
        sink.gauge(seriesHead(["place"], ["there"], { timestamp: 1_700_000_000 }), 1);
      },
    });
    await expect(writeTextfile(file, { registry })).rejects.toThrow(
      /stock has a timestamp, and node_exporter leaves out files with timestamps/,
    );
    expect(readFileSync(file, "utf8")).toContain("backup_bytes 1\n");
  });

  test("once, and not again: the next call for the file goes on", async () => {
    const path = join(folder, "later", "backup.prom");
    const registry = registryWith(3);
    const failure = writeTextfile(path, { registry });
    const again = writeTextfile(path, { registry });
    await expect(failure).rejects.toThrow("ENOENT");
    await expect(again).rejects.toThrow("ENOENT");
    mkdirSync(join(folder, "later"));
    await writeTextfile(path, { registry });
    expect(readFileSync(path, "utf8")).toContain("backup_bytes 3\n");
  });
});

test("samples that follow each other are not taken for one with a timestamp", async () => {
  const registry = new Registry();
  registry.histogram({ name: "backup_seconds", help: "Backups." }).observe(1);
  registry.summary({ name: "upload_bytes", help: "Uploads." }).observe(2);
  await writeTextfile(file, { registry });
  const page = readFileSync(file, "utf8");
  expect(page).toContain("\nbackup_seconds_sum 1\nbackup_seconds_count 1\n");
  expect(page).toContain("\nupload_bytes_sum 2\nupload_bytes_count 1\n");
});

test("no label value looks like a timestamp", async () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "odd", help: "Odd 1 2.", labels: ["a", "b"] });
  const values = [
    "} 1 2",
    '"} 1 2',
    "1 2",
    "{} 1 2",
    "a\n} 1 2",
    "\u2028a 1 2\u2028",
    "\ra 1 2\r",
    "#",
    "",
  ];
  for (const a of values) for (const b of values) gauge.set({ a, b }, 1);
  await writeTextfile(file, { registry });
  expect(readFileSync(file, "utf8").match(/^odd\{/gm)?.length).toBe(values.length ** 2);
});
