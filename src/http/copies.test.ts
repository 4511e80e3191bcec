import { once } from "node:events";
import { createServer } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { listen } from "../../test/listening.ts";

/** The package as another bundle or a hot reload has it: its modules are evaluated again. */
async function newCopy() {
  vi.resetModules();
  const { httpMetrics, monitor } = await import("./node/index.ts");
  const { metrics } = await import("../registry/metrics.ts");
  return { httpMetrics, monitor, metrics };
}

async function listening() {
  const server = createServer((_request, response) => response.end("hello"));
  return { server, url: await listen(server) };
}

test("copies of the package measure a request once, in one registry", async () => {
  const { server, url } = await listening();
  const [one, two, three] = [await newCopy(), await newCopy(), await newCopy()];
  expect(one.httpMetrics).not.toBe(two.httpMetrics);
  for (const { httpMetrics } of [one, two, three]) httpMetrics(server);
  three.metrics.counter({ name: "of_the_third_copy", help: "Shared." }).inc();
  await fetch(url);
  const page = await (await fetch(`${url}/metrics`)).text();
  expect(page).toMatch(/^http_requests_total\{.*\} 1$/m);
  expect(page).toContain("http_requests_in_flight 0\n");
  expect(page).toContain("of_the_third_copy_total 1\n");
});

test("code that is loaded again takes over the port of the metrics", async () => {
  const { server } = await listening();
  const first = await newCopy();
  const port = await freePort();
  const metricsServer = first.monitor(server, { port });
  await once(metricsServer, "listening");
  onTestFinished(() => void metricsServer.close());
  const warned = vi.spyOn(process, "emitWarning");
  const second = await newCopy();
  expect(second.monitor(server, { port, path: "/moved" })).toBe(metricsServer);
  expect((await fetch(`http://127.0.0.1:${port}/moved`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(404);
  expect(warned).not.toHaveBeenCalled();
});
