import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realServer } from "../../test/real-servers.ts";
import { startPrometheus } from "./prometheus.mjs";

const prometheus = await realServer("prometheus");

describe.skipIf(!prometheus)("startPrometheus", { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "narthex-prometheus-test-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function config(text: string) {
    const file = join(folder, "prometheus.yml");
    writeFileSync(file, text);
    return file;
  }

  it("is ready when it has started, and gone when it has stopped", async () => {
    const configFile = config("global:\n  external_labels:\n    lab: narthex\n");
    const args = ["--storage.tsdb.retention.time=1h"];
    const server = await startPrometheus({ configFile, args });
    try {
      expect(await read(`${server.url}/-/ready`)).toContain("Ready");
      expect(await read(`${server.url}/api/v1/status/config`)).toContain("lab: narthex");
      expect(await read(`${server.url}/api/v1/status/flags`)).toContain('"1h"');
    } finally {
      await server.stop();
    }
    await expect(fetch(`${server.url}/-/ready`)).rejects.toThrow();
  });

  it("shows why Prometheus did not start", async () => {
    const configFile = config("scrape_interval: 15s\n");
    await expect(startPrometheus({ configFile })).rejects.toThrow("scrape_interval not found");
  });
});

const read = async (url: string) => (await fetch(url)).text();
