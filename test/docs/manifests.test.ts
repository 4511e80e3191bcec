import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { ServerProcess } from "../contracts/server-process.ts";
import { realServer } from "../real-servers.ts";
import { codeBlocksOf, guides } from "./code-blocks.ts";
import { programFolder, writeIn, written } from "./program.ts";

const KUBERNETES = "docs/recipes/kubernetes.md";
const promtool = await realServer("promtool");
const blocks = guides()
  .flatMap(codeBlocksOf)
  .filter(({ language }) => language === "yaml");

// biome-ignore lint/suspicious/noExplicitAny: manifests have no types here.
type Manifest = any;

const documents = blocks.flatMap(({ place, code }) =>
  parseAllDocuments(code).map((document) => ({
    place,
    code,
    errors: document.errors,
    content: document.toJS() as Manifest,
  })),
);

test.each(documents)("$place is YAML", ({ errors, content }) => {
  expect(errors).toEqual([]);
  expect(content).toBeTypeOf("object");
});

test.skipIf(!promtool)("promtool accepts all rules and configurations", async () => {
  const folder = await programFolder();
  const checked = { rules: 0, config: 0 };
  for (const [i, { place, code, content }] of documents.entries()) {
    const kind = content.groups ? "rules" : content.scrape_configs ? "config" : undefined;
    if (kind === undefined) continue;
    checked[kind]++;
    await writeIn(folder, `${i}.yml`, code);
    // Rules that come later, and settings of newer versions, are not there for the check.
    const flags = kind === "config" ? ["--syntax-only"] : ["--lint=all"];
    const args = ["check", kind, ...flags, join(folder, `${i}.yml`)];
    await expect(promisify(execFile)(promtool!, args), place).resolves.toBeDefined();
  }
  expect(checked.rules).toBeGreaterThan(2);
  expect(checked.config).toBeGreaterThan(2);
});

test("the manifests fit together, and fit the program", async () => {
  const manifests = documents.filter(({ place }) => place.startsWith(KUBERNETES));
  const of = (kind: string): Manifest =>
    manifests.find(({ content }) => content.kind === kind)!.content;
  const { template, selector } = of("Deployment").spec;
  const [container] = template.spec.containers;
  const ports = new Map<string, number>(
    container.ports.map(({ name, containerPort }: Manifest) => [name, containerPort]),
  );
  const { labels, annotations } = template.metadata;
  expect(selector.matchLabels).toEqual(labels);
  expect(of("Service").spec.selector).toEqual(labels);
  expect(of("PodMonitor").spec.selector.matchLabels).toEqual(labels);
  expect(of("ServiceMonitor").spec.selector.matchLabels).toEqual(of("Service").metadata.labels);
  expect(of("NetworkPolicy").spec.podSelector.matchLabels).toEqual(labels);

  const servicePorts = of("Service").spec.ports;
  for (const { targetPort } of servicePorts) expect([...ports.keys()]).toContain(targetPort);
  expect(ports.has(of("PodMonitor").spec.podMetricsEndpoints[0].port)).toBe(true);
  const serviceNames = servicePorts.map(({ name }: Manifest) => name);
  expect(serviceNames).toContain(of("ServiceMonitor").spec.endpoints[0].port);
  expect(ports.get("metrics")).toBe(Number(annotations["prometheus.io/port"]));

  const program = codeBlocksOf(KUBERNETES)[0]!.code;
  for (const port of ports.values()) expect(program).toContain(`"${port}"`);
  for (const probe of [container.livenessProbe, container.readinessProbe]) {
    expect(program).toContain(`app.get("${probe.httpGet.path}"`);
    expect(ports.has(probe.httpGet.port)).toBe(true);
  }
});

test("the service in Kubernetes stops gracefully, with its metrics until the end", async () => {
  const metricsPort = await freePort();
  const env = {
    PATH: process.env.PATH!,
    PORT: "0",
    METRICS_PORT: String(metricsPort),
    STOP_DELAY_MS: "500",
  };
  const metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  const server = await ServerProcess.start(["server.js"], await written(KUBERNETES), env, () =>
    fetch(metricsUrl),
  );
  onTestFinished(() => server.stop());
  const get = async (path: string) =>
    (await fetch(`http://127.0.0.1:${server.port}${path}`)).status;
  expect([await get("/livez"), await get("/readyz"), await get("/orders/7")]).toEqual([
    200, 200, 200,
  ]);
  const stopped = server.stop();
  await expect.poll(() => get("/readyz")).toBe(503);
  expect(await get("/orders/7")).toBe(200);
  const page = await (await fetch(metricsUrl)).text();
  expect(page).toMatch(/^http_requests_total{method="GET",route="\/orders\/:id",.*} [12]$/m);
  expect(page).not.toContain("readyz");
  await stopped;
  expect(server.output).not.toContain("rror");
});
