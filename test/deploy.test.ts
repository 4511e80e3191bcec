import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { parse as parseYaml } from "yaml";
import { startPrometheus } from "../scripts/servers/prometheus.mjs";
import { burnTests } from "./generate/burn-tests.ts";
import { realServer } from "./real-servers.ts";

const inDeploy = (path: string) => fileURLToPath(new URL(`../deploy/${path}`, import.meta.url));
const configFile = inDeploy("prometheus.yml");
const promtool = await realServer("promtool");
const prometheus = await realServer("prometheus");

const promtoolPrints = async (...args: string[]) =>
  (await promisify(execFile)(promtool!, args)).stdout;

it.skipIf(!promtool)(
  "promtool accepts deploy/prometheus.yml and its rules, with all lints",
  async () => {
    const lint = ["--lint=all", "--lint-fatal"];
    const config = await promtoolPrints("check", "config", ...lint, configFile);
    expect(config).toContain("is valid prometheus config file syntax");
    const rules = await promtoolPrints("check", "rules", ...lint, inDeploy("rules.yml"));
    expect(rules).toMatch(/SUCCESS: \d\d rules found/);
  },
);

it.skipIf(!promtool)("the alerts fire when the service fails, and not before", async () => {
  const folder = mkdtempSync(join(tmpdir(), "narthex-deploy-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const requests = 'http_requests_total{job="app-metrics",route="/articles"';
  const tests = burnTests({
    slo: "availability",
    description: "The service answers what it is asked.",
    good: `${requests},status_code="200",outcome="success"}`,
    bad: `${requests},status_code="503",outcome="server_error"}`,
  });
  const file = join(folder, "test.yml");
  writeFileSync(file, JSON.stringify({ rule_files: [inDeploy("rules.yml")], tests }));
  expect(await promtoolPrints("test", "rules", file)).toContain("SUCCESS");
});

it.skipIf(!prometheus)("Prometheus reads two jobs and an interval of 5 s in it", async () => {
  const server = await startPrometheus({ configFile });
  try {
    const response = await fetch(`${server.url}/api/v1/status/config`);
    const { data } = (await response.json()) as { data: { yaml: string } };
    const [global = "", ...jobs] = data.yaml.split(/^- job_name: /m);
    expect(global).toMatch(/^ {2}scrape_interval: 5s$/m);
    expect(global).toMatch(/^ {2}evaluation_interval: 5s$/m);
    const targets = jobs.map((job) => [job.split("\n", 1)[0], /^ {4}- (.+)$/m.exec(job)?.[1]]);
    expect(targets).toEqual([
      ["prometheus", "localhost:9090"],
      ["app-metrics", "localhost:5000"],
    ]);
    expect(data.yaml.match(/scrape_interval: .*/g)).toEqual(Array(3).fill("scrape_interval: 5s"));
  } finally {
    await server.stop();
  }
});

// biome-ignore lint/suspicious/noExplicitAny: a compose file has no types here.
const services: Record<string, any> = parseYaml(readFileSync(inDeploy("compose.yaml"), "utf8"), {
  merge: true,
}).services;

it("compose gives no container privileges, a writable image, unbounded memory, or a password of ours", () => {
  expect(Object.keys(services)).toEqual(["articles", "prometheus", "grafana", "postgres"]);
  for (const service of Object.values(services)) {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
    });
  }
  expect(readFileSync(inDeploy("compose.yaml"), "utf8")).not.toMatch(
    /articles:articles|PASSWORD: (articles|admin)/,
  );
});

it("compose pins each image, and publishes ports on this machine only", () => {
  const images = Object.values(services).flatMap(({ image }) => image ?? []);
  expect(images).toHaveLength(3);
  for (const image of images) expect(image).toMatch(/:v?\d/);
  for (const port of services.articles.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

it("compose runs Prometheus and Grafana on files of deploy/, in the application's network", () => {
  expect(services.prometheus.network_mode).toBe("service:articles");
  expect(services.prometheus.volumes.slice(0, 2)).toEqual([
    "./prometheus.yml:/etc/prometheus/prometheus.yml:ro",
    "./rules.yml:/etc/prometheus/rules.yml:ro",
  ]);
  expect(services.grafana.network_mode).toBe("service:articles");
  const mounted = services.grafana.volumes.map((volume: string) => volume.split(":"));
  for (const [file, target, mode] of mounted.slice(0, -1)) {
    expect(readFileSync(inDeploy(file), "utf8")).not.toBe("");
    expect([target, mode]).toEqual([expect.stringMatching(/^\/etc\//), "ro"]);
  }
});

it("Grafana is given a data source that Prometheus is, and the folder of the dashboard", () => {
  const [source] = parseYaml(readFileSync(inDeploy("grafana/datasource.yaml"), "utf8")).datasources;
  expect(source).toMatchObject({ type: "prometheus", url: "http://localhost:9090" });
  const config = parseYaml(readFileSync(configFile, "utf8"));
  expect(source.jsonData.timeInterval).toBe(config.global.scrape_interval);
  const [provider] = parseYaml(readFileSync(inDeploy("grafana/provider.yaml"), "utf8")).providers;
  expect(services.grafana.volumes).toContain(
    `./grafana/articles.json:${provider.options.path}/articles.json:ro`,
  );
});
