import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startPrometheus } from "../scripts/servers/prometheus.mjs";
import { realServer } from "./real-servers.ts";

const configFile = fileURLToPath(new URL("../deploy/prometheus.yml", import.meta.url));
const promtool = await realServer("promtool");
const prometheus = await realServer("prometheus");

it.skipIf(!promtool)("promtool accepts deploy/prometheus.yml", async () => {
  const checked = await promisify(execFile)(promtool!, [
    "check",
    "config",
    "--lint=all",
    configFile,
  ]);
  expect(checked.stdout).toContain("is valid prometheus config file syntax");
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

it("compose gives no container privileges, a writable image, unbounded memory, or a password of ours", () => {
  const compose = readFileSync(new URL("../deploy/compose.yaml", import.meta.url), "utf8");
  const [, shared, services] =
    /^x-hardened: &hardened\n((?: {2}.*\n)+)[\s\S]*^services:\n([\s\S]*?)^volumes:/m.exec(
      compose,
    ) ?? [];
  for (const setting of ["read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"]) {
    expect(shared).toContain(setting);
  }
  const each = services!.split(/^ {2}(?=\w+:$)/m).slice(1);
  expect(each).toHaveLength(3);
  for (const service of each) {
    expect(service).toContain("<<: *hardened\n");
    expect(service).toMatch(/mem_limit: \d+/);
  }
  expect(compose).not.toMatch(/articles:articles|PASSWORD: articles/);
});

it("compose runs Prometheus on the same file, in the application's network", () => {
  const compose = readFileSync(new URL("../deploy/compose.yaml", import.meta.url), "utf8");
  const service = /^ {2}prometheus:\n((?: {4}.*\n|\n)+)/m.exec(compose)?.[1];
  expect(service).toContain("- ./prometheus.yml:/etc/prometheus/prometheus.yml:ro\n");
  expect(service).toContain('network_mode: "service:articles"\n');
});
