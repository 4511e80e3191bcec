import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rules } from "../generate/index.ts";
import { Registry } from "../registry/registry.ts";
import { expectQueries } from "./expect-queries.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "narthex-queries-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("it passes where queries fit, and fails when a metric is renamed, with the reason", async () => {
  const file = join(folder, "rules.yml");
  const before = new Registry();
  before.histogram({ name: "work_seconds", help: "Work.", labels: ["kind"] });
  await writeFile(file, rules(before));
  await expectQueries(before, [file]);
  const after = new Registry();
  after.histogram({ name: "works_seconds", help: "Work.", labels: ["kind"] });
  await expect(expectQueries(after, [file])).rejects.toThrow(
    "there is no metric work_seconds_bucket: did you mean works_seconds_bucket?",
  );
});

test("labels of the server are given by their names, and other options refused", async () => {
  const file = join(folder, "one.yml");
  await writeFile(file, 'groups:\n- rules:\n  - record: a:b\n    expr: depth{zone="eu"}\n');
  const registry = new Registry();
  registry.gauge({ name: "depth", help: "Depth." });
  await expect(expectQueries(registry, [file])).rejects.toThrow("depth has no label zone");
  await expectQueries(registry, [file], { targetLabels: ["zone"] });
  await expect(expectQueries(registry, [file], { labels: [] } as never)).rejects.toThrow(
    'expectQueries: there is no option "labels"',
  );
});

test("wrong arguments are refused", async () => {
  const registry = new Registry();
  await expect(expectQueries(undefined as never, [])).rejects.toThrow(
    "expectQueries() was given undefined: pass a registry",
  );
  await expect(expectQueries(registry, "rules.yml" as never)).rejects.toThrow(
    'expectQueries() was given "rules.yml" as the files: pass an array of their paths',
  );
  await expect(expectQueries(registry, [join(folder, "gone.yml")])).rejects.toThrow("gone.yml");
});
