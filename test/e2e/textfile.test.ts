import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { answers, startServer } from "../../scripts/servers/start-server.mjs";
import { Registry } from "../../src/registry/registry.ts";
import { writeTextfile } from "../../src/textfile/index.ts";
import { realServer } from "../real-servers.ts";

const nodeExporter = await realServer("node-exporter");

describe.skipIf(!nodeExporter)("node_exporter's textfile collector", () => {
  let folder: string;
  let url: string;
  let server: Awaited<ReturnType<typeof startServer>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "narthex-node-exporter-"));
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}/metrics`;
    const args = [
      "--collector.disable-defaults",
      "--collector.textfile",
      `--collector.textfile.directory=${folder}`,
      `--web.listen-address=${address}`,
    ];
    server = await startServer(nodeExporter!, args, () => answers(url));
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The metrics of a job, of every type. */
  function registryOf(job: string): Registry {
    const registry = new Registry({ labels: { job_name: job } });
    registry.counter({ name: "jobs", help: "Jobs \\ of\na day." }).inc(2);
    const seconds = { name: "job_seconds", help: "Time.", unit: "seconds", buckets: [1, 2] };
    registry.histogram({ ...seconds, native: true }).observe(1.5);
    registry.summary({ name: "job_bytes", help: "Size.", quantiles: [0.5] }).observe(0);
    registry.info({ name: "job", help: "The job." }).set({ version: "1" });
    registry.stateSet({ name: "job_state", help: "Its state.", states: ["on"] }).set("on", true);
    const files = registry.gauge({ name: "files", help: "Files.", labels: ["path"] });
    files.set({ path: '"\\\n} 1 2' }, Number.POSITIVE_INFINITY);
    return registry;
  }

  test("reads the files of two jobs without an error", async () => {
    for (const job of ["a", "b"]) {
      await writeTextfile(join(folder, `${job}.prom`), { registry: registryOf(job) });
    }
    const page = await (await fetch(url)).text();
    expect(page).toContain("\nnode_textfile_scrape_error 0\n");
    for (const job of ["a", "b"]) {
      for (const line of [
        `jobs_total{job_name="${job}"} 2`,
        `job_seconds_bucket{job_name="${job}",le="2"} 1`,
        `job_seconds_count{job_name="${job}"} 1`,
        `job_bytes{job_name="${job}",quantile="0.5"} 0`,
        `job_info{job_name="${job}",version="1"} 1`,
        `job_state{job_name="${job}",job_state="on"} 1`,
        `files{job_name="${job}",path="\\"\\\\\\n} 1 2"} +Inf`,
      ]) {
        expect(page).toContain(`\n${line}\n`);
      }
    }
  });
});
