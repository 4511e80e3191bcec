import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startPrometheus } from "../../scripts/servers/prometheus.mjs";
import { PrometheusApi } from "../e2e/prometheus-api.ts";
import { realServer } from "../real-servers.ts";
import { body, counted, pause, Service, started } from "./service.ts";

const prometheus = await realServer("prometheus");

/** Scrapes a cluster every second, by the protocol that has native histograms. */
function configFor(port: number): string {
  return `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: cluster
    scrape_protocols: [PrometheusProto]
    always_scrape_classic_histograms: true
    static_configs: [{ targets: ["127.0.0.1:${port}"] }]
`;
}

async function scraping(port: number): Promise<PrometheusApi> {
  const folder = mkdtempSync(join(tmpdir(), "narthex-cluster-"));
  const configFile = join(folder, "prometheus.yml");
  writeFileSync(configFile, configFor(port));
  const server = await startPrometheus({ configFile });
  onTestFinished(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  return new PrometheusApi(server.url);
}

describe.skipIf(!prometheus)("Prometheus", () => {
  test("sees no reset while the workers of a cluster are replaced, and increases by what was sent", async () => {
    const service = new Service();
    const primary = service.start({ WORKERS: "3" });
    await started(service, 3);
    const { port } = service.anyWorker()!;
    const api = await scraping(port);
    const value = async (query: string) => Number(Object.values(await api.values(query))[0]);
    const series = 'work_total{job="cluster"}';
    await expect.poll(() => value(series), { timeout: 30_000 }).toBe(0);

    const loads = [service.load(), service.load()];
    for (const worker of [...service.workers.values()]) {
      const count = service.workers.size;
      service.end(worker, "SIGTERM");
      await started(service, count);
      await pause(500);
    }
    service.stop();
    await Promise.all(loads);
    const total = await counted(service);
    expect(total).toBeGreaterThanOrEqual(service.answers.length);
    expect(total).toBeLessThanOrEqual(service.answers.length + service.failed);
    await expect.poll(() => value(series), { timeout: 30_000 }).toBe(total);

    // At the time of a sample, nothing is extrapolated.
    const at = `[10m] @ ${await value(`timestamp(${series})`)}`;
    for (const cumulative of [
      "work_total",
      "took_seconds_count",
      'took_seconds_bucket{le="+Inf"}',
    ]) {
      expect.soft(await value(`resets(${cumulative}${at})`), cumulative).toBe(0);
      const increase = await value(`increase(${cumulative}${at})`);
      expect.soft(increase, cumulative).toBeCloseTo(total, 6);
    }
    expect(await value(`max_over_time(narthex_members${at})`)).toBeGreaterThanOrEqual(3);
    expect(await body(port, "/metrics")).toContain(`work_total ${total}\n`);
    primary.kill("SIGTERM");
  });
});
