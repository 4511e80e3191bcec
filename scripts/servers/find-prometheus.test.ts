import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { findPrometheus } from "./find-prometheus.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "narthex-find-prometheus-"));
  vi.stubEnv("NARTHEX_PROMETHEUS", undefined);
  vi.stubEnv("NARTHEX_CACHE", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function fake(path: string, version: string) {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "prometheus, version ${version} (branch: HEAD)"\n`);
  chmodSync(file, 0o755);
  return file;
}

it("takes the environment's word", async () => {
  const given = fake("elsewhere/prometheus", "2.45.0");
  vi.stubEnv("NARTHEX_PROMETHEUS", given);
  expect(await findPrometheus()).toBe(given);
  vi.stubEnv("NARTHEX_PROMETHEUS", "");
  expect(await findPrometheus()).toBeUndefined();
});

it("refuses a path in the environment that does not run", async () => {
  vi.stubEnv("NARTHEX_PROMETHEUS", "/no/such/prometheus");
  await expect(findPrometheus()).rejects.toThrow(
    'NARTHEX_PROMETHEUS is "/no/such/prometheus", which does not run',
  );
});

it("takes the first on PATH that is version 3 or newer", async () => {
  fake("old/prometheus", "2.53.3");
  const found = fake("new/prometheus", "3.5.0");
  vi.stubEnv("PATH", `${folder}/none:${folder}/old:${folder}/new`);
  expect(await findPrometheus()).toBe(found);
});

it("else takes what is unpacked in the cache and runs, the newest first", async () => {
  vi.stubEnv("PATH", join(folder, "none"));
  fake("debian/sid-prometheus-promtool-prometheus-node-exporter/usr/bin/promtool", "3.5.3");
  const found = fake(
    "debian/trixie-prometheus-promtool-prometheus-node-exporter/usr/bin/prometheus",
    "2.53.3",
  );
  expect(await findPrometheus()).toBe(found);
});
