import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startPrometheus } from "../../scripts/servers/prometheus.mjs";
import { realServer } from "../real-servers.ts";
import { startKitchen } from "./kitchen-service.ts";
import { PrometheusApi } from "./prometheus-api.ts";

const prometheus = await realServer("prometheus");
const [major, minor] = prometheus ? versionOf(prometheus) : [0, 0];
// Versions before 3 lack some protocols and UTF-8 names. In CI the tests then fail.
const isTooOld = major < 3 && process.env.CI !== "true";
if (prometheus && isTooOld)
  process.stderr.write("Protocols are not tested without Prometheus 3.\n");

/** Jobs that scrape one service in each protocol, and in OpenMetrics also with `createdSamples`. */
const jobs = {
  protobuf: { protocol: "PrometheusProto", type: "application/vnd.google.protobuf" },
  openmetrics: { protocol: "OpenMetricsText1.0.0", type: "application/openmetrics-text" },
  created: { protocol: "OpenMetricsText1.0.0", type: "application/openmetrics-text" },
  "text-1.0.0": { protocol: "PrometheusText1.0.0", type: "text/plain; version=1.0.0" },
  "text-0.0.4": { protocol: "PrometheusText0.0.4", type: "text/plain; version=0.0.4" },
} as const;
type Job = keyof typeof jobs;
const everyJob = Object.keys(jobs) as Job[];
const isOpenMetrics = (job: Job) => job === "openmetrics" || job === "created";

const UTF_8 = "escaping=allow-utf-8";

const VALUES = {
  'kitchen_orders_total{dish="soup"}': "3",
  'kitchen_orders_total{dish="a \\"pie\\"\\\\\\n🥧"}': "0.1",
  'kitchen_ovens{is="lit"}': "2",
  'kitchen_ovens{is="lacking"}': "-1.5e-09",
  'kitchen_ovens{is="unknown"}': "NaN",
  'kitchen_ovens{is="imagined"}': "+Inf",
  'kitchen_bake_seconds_bucket{le="0.5"}': "1",
  'kitchen_bake_seconds_bucket{le="1.0"}': "2",
  'kitchen_bake_seconds_bucket{le="1e+06"}': "4",
  'kitchen_bake_seconds_bucket{le="+Inf"}': "4",
  kitchen_bake_seconds_count: "4",
  kitchen_bake_seconds_sum: "73.25",
  'kitchen_wait_seconds{quantile="0.0"}': "0",
  'kitchen_wait_seconds{quantile="0.5"}': "0",
  'kitchen_wait_seconds{quantile="0.99"}': "3.515625",
  kitchen_wait_seconds_count: "4",
  kitchen_wait_seconds_sum: "3.515625",
  'kitchen_build_info{style="gothic",year="1411"}': "1",
  'kitchen_door{kitchen_door="open"}': "1",
  'kitchen_door{kitchen_door="shut"}': "0",
  'kitchen_queue_size_bucket{le="2.0"}': "1",
  'kitchen_queue_size_bucket{le="+Inf"}': "3",
  kitchen_rumour: "7",
  'kitchen_pour_seconds_bucket{le="0.5"}': "50",
  'kitchen_pour_seconds_bucket{le="2.0"}': "100",
  'kitchen_pour_seconds_bucket{le="+Inf"}': "101",
  kitchen_pour_seconds_count: "101",
  kitchen_pour_seconds_sum: "53.5",
};

/** The types that Prometheus learns; some protocols lack a type and use the closest one. */
function typesFrom(job: Job): Record<string, string> {
  const everywhere = {
    kitchen_ovens: "gauge",
    kitchen_bake_seconds: "histogram",
    kitchen_pour_seconds: "histogram",
    kitchen_wait_seconds: "summary",
    kitchen_rumour: "unknown",
  };
  if (isOpenMetrics(job)) {
    return {
      ...everywhere,
      kitchen_orders: "counter",
      kitchen_build: "info",
      kitchen_door: "stateset",
      kitchen_queue_size: "gaugehistogram",
    };
  }
  return {
    ...everywhere,
    kitchen_orders_total: "counter",
    kitchen_build_info: "gauge",
    kitchen_door: "gauge",
    kitchen_queue_size: job === "protobuf" ? "gaugehistogram" : "histogram",
  };
}

describe.skipIf(!prometheus || isTooOld)("Prometheus", () => {
  /** In milliseconds, the resolution of all times on a page. */
  const began = Date.now() - 60_000;
  const updated = began + 20_000;
  let folder: string;
  let kitchen: Awaited<ReturnType<typeof startKitchen>>;
  let running: Awaited<ReturnType<typeof startPrometheus>>;
  let api: PrometheusApi;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "narthex-protocols-"));
    kitchen = await startKitchen(began, updated);
    const configFile = join(folder, "prometheus.yml");
    writeFileSync(configFile, configFor(kitchen.address));
    const features = "native-histograms,exemplar-storage,created-timestamp-zero-ingestion";
    running = await startPrometheus({ configFile, args: [`--enable-feature=${features}`] });
    api = new PrometheusApi(running.url);
    // On a loaded machine scrapes may time out; one successful scrape is enough.
    const scraped = async () => {
      const up = await Promise.all(
        everyJob.map((job) => api.values(`max_over_time(up{job="${job}"}[1h])`)),
      );
      expect(up).toEqual(everyJob.map(() => ({ "": "1" })));
    };
    await vi.waitFor(scraped, { timeout: 60_000, interval: 250 });
  });
  afterAll(async () => {
    await running?.stop();
    kitchen?.stop();
    rmSync(folder, { recursive: true });
  });

  /** UTF-8 names, escaped where the protocol does not allow them. */
  function foreignNames(job: Job) {
    // Newer versions ask for protobuf without an escaping scheme.
    const mayBeUtf8 = job !== "text-0.0.4" && kitchen.answers.get(job)!.accept.includes(UTF_8);
    return mayBeUtf8
      ? { guests: "küche.gäste_total", heat: "küche.wärme", oven: "öfen.nr" }
      : { guests: "k_che_g_ste_total", heat: "k_che_w_rme", oven: "_fen_nr" };
  }

  test.each(everyJob)("reads the same values from %s", async (job) => {
    const { contentType, encoding } = kitchen.answers.get(job)!;
    expect(contentType).toContain(jobs[job].type);
    expect(encoding).toBe(job === "created" ? undefined : "gzip");
    const { guests, heat, oven } = foreignNames(job);
    const prefix = isOpenMetrics(job) ? "kitchen_queue_size_g" : "kitchen_queue_size_";
    expect(
      await api.values(`last_over_time({job="${job}",__name__=~"k(itchen|üche|_che).+"}[1h])`),
    ).toEqual({
      ...VALUES,
      [`${prefix}count`]: "3",
      [`${prefix}sum`]: "11",
      [guests]: "2",
      [`${heat}{${oven}="1"}`]: "220",
    });
  });

  test.each(everyJob)("reads types and help from %s", async (job) => {
    const families = (await api.metadata(job)).filter(({ metric }) => metric.startsWith("kitchen"));
    expect(Object.fromEntries(families.map(({ metric, type }) => [metric, type]))).toEqual(
      typesFrom(job),
    );
    const orders = families.find(({ metric }) => metric.startsWith("kitchen_orders"));
    expect(orders!.help).toBe('Dishes ordered, "à la carte" or not \\ by menu.\nBoth count.');
  });

  test("has the native histogram from protobuf, and from it alone", async () => {
    const others = 'last_over_time(kitchen_pour_seconds{job!="protobuf"}[1h])';
    expect(await api.values(`histogram_count(${others})`)).toEqual({});
    const newest = 'last_over_time(kitchen_pour_seconds{job="protobuf"}[1h])';
    expect(await api.values(`histogram_count(${newest})`)).toEqual({ "": "101" });
    expect(await api.values(`histogram_sum(${newest})`)).toEqual({ "": "53.5" });
    const median = Number((await api.values(`histogram_quantile(0.5, ${newest})`))[""]);
    // The true median is 0.51, and each bucket is less than a tenth wider than the one before.
    expect(Math.abs(Math.log(median / 0.51))).toBeLessThan(Math.log(1.1));
  });

  test.each(everyJob)("has the exemplars that %s carries", async (job) => {
    const exemplar = (trace_id: string, value: string, ms: number) => [
      { labels: { trace_id }, value, timestamp: ms / 1000 },
    ];
    const poured = exemplar("b7ad6b71", "3", updated);
    const carried = {
      'kitchen_orders_total{dish="soup"}': exemplar("4bf92f35", "3", began),
      'kitchen_bake_seconds_bucket{le="1e+06"}': exemplar("00f067aa", "64", began),
      'kitchen_pour_seconds_bucket{le="+Inf"}': poured,
      ...(job === "protobuf" && { kitchen_pour_seconds: poured }),
    };
    const expected = /^text/.test(job) ? {} : carried;
    expect(await api.exemplars(`{job="${job}",__name__=~".+"}`)).toEqual(expected);
  });

  test.each(everyJob)("knows when series began where %s tells it", async (job) => {
    const oldest = await api.oldest(`{job="${job}",__name__=~"kitchen_.+"}`);
    const cumulative = {
      'kitchen_orders_total{dish="soup"}': "3",
      kitchen_bake_seconds_count: "4",
      kitchen_wait_seconds_sum: "3.515625",
      'kitchen_pour_seconds_bucket{le="2.0"}': "100",
      ...(job === "protobuf" && { kitchen_pour_seconds: "101" }),
    };
    for (const [series, value] of Object.entries(cumulative)) {
      const [time, first] = oldest[series]!;
      if (job === "protobuf" || job === "created") {
        expect.soft([series, time, first]).toEqual([series, began / 1000, "0"]);
      } else {
        expect.soft([series, first]).toEqual([series, value]);
      }
    }
    expect(Object.keys(oldest).filter((series) => series.includes("_created"))).toEqual([]);
  });
});

/** Scrapes once per second, so that the tests need not wait long. */
function configFor(target: string): string {
  // Since 3.9 native histograms are a setting instead of a feature flag.
  const native = major > 3 || minor >= 9 ? "\n    scrape_native_histograms: true" : "";
  const scrapes = Object.entries(jobs).map(
    ([job, { protocol }]) => `
  - job_name: ${job}
    params: { job: [${job}] }
    scrape_protocols: [${protocol}]
    always_scrape_classic_histograms: true${native}
    static_configs: [{ targets: ["${target}"] }]`,
  );
  return `global:\n  scrape_interval: 1s\nscrape_configs:${scrapes.join("")}\n`;
}

function versionOf(command: string): readonly [number, number] {
  const printed = execFileSync(command, ["--version"], { encoding: "utf8" });
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(printed) ?? [];
  return [Number(major), Number(minor)];
}
