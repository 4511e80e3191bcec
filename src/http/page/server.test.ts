import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../../scripts/servers/free-port.mjs";
import { joinProcesses } from "../../aggregate/processes.ts";
import { Registry } from "../../registry/registry.ts";
import { serveMetrics } from "../serve/index.ts";
import { MetricsEndpoint } from "./endpoint.ts";
import {
  leaveMetricsServer,
  startMetricsServer,
  stopMetricsServer,
  TAKEOVER_MS,
} from "./server.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) stopMetricsServer(server);
});

function start(endpoint: MetricsEndpoint, port: number): Server {
  const server = startMetricsServer(endpoint, { port });
  servers.push(server);
  return server;
}

function endpointOf(service: string): MetricsEndpoint {
  const registry = new Registry({ labels: { service } });
  registry.gauge({ name: "up", help: "It is." }).set(1);
  return new MetricsEndpoint({ registry });
}

async function read(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return (await response.text()).split("\n")[2]!;
}

test("applications that share a port have it until the last of them stops", async () => {
  const port = await freePort();
  const [first, second] = [endpointOf("first"), endpointOf("second")];
  const server = start(first, port);
  await once(server, "listening");
  expect(start(second, port)).toBe(server);
  expect(await read(port)).toBe('up{service="second"} 1');
  leaveMetricsServer(server, second);
  leaveMetricsServer(server, second);
  expect(await read(port)).toBe('up{service="first"} 1');
  leaveMetricsServer(server, first);
  await expect(read(port)).rejects.toThrow();
});

test("a port that another registry has goes to the newest, with a warning", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const port = await freePort();
  const registry = new Registry();
  const server = start(new MetricsEndpoint({ registry }), port);
  await once(server, "listening");
  start(new MetricsEndpoint({ registry, path: "/other" }), port);
  expect(warn).not.toHaveBeenCalled();
  start(endpointOf("newest"), port);
  expect(await read(port)).toBe('up{service="newest"} 1');
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    `The port of the metrics 127.0.0.1:${port} had those of another registry, and has those of the newest one from now on. Give each registry a port of its own, or show both on one page: registry.register(otherRegistry).`,
  ]);
  warn.mockRestore();
});

test("a hot reload may start its server before the old one has stopped", async () => {
  const port = await freePort();
  const [old, reloaded] = [endpointOf("old"), endpointOf("reloaded")];
  const server = start(old, port);
  await once(server, "listening");
  start(reloaded, port);
  leaveMetricsServer(server, old);
  expect(await read(port)).toBe('up{service="reloaded"} 1');
});

test("a server that is being closed is not taken for one that runs", async () => {
  const port = await freePort();
  const [old, reloaded] = [endpointOf("old"), endpointOf("reloaded")];
  const server = start(old, port);
  await once(server, "listening");
  // Its connection is kept alive.
  expect(await read(port)).toBe('up{service="old"} 1');
  const closed = once(server, "close");
  leaveMetricsServer(server, old);
  await once(start(reloaded, port), "listening");
  await closed;
  expect(await read(port)).toBe('up{service="reloaded"} 1');
  start(endpointOf("again"), port);
  expect(await read(port)).toBe('up{service="again"} 1');
});

describe("in a group, where another process has the port", () => {
  async function taken() {
    const port = await freePort();
    const holder = createServer().listen(port, "127.0.0.1");
    await once(holder, "listening");
    const directory = mkdtempSync(join(tmpdir(), "narthex-"));
    const endpoint = endpointOf("waits");
    const membership = joinProcesses(endpoint.registry, { group: "ports", directory });
    onTestFinished(() => {
      membership.leave();
      holder.close();
      rmSync(directory, { recursive: true });
    });
    return { port, holder, endpoint };
  }

  test("a server waits until it is free, and says nothing", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { port, holder, endpoint } = await taken();
    const server = start(endpoint, port);
    await once(server, "error");
    holder.close();
    await once(server, "listening");
    expect(await read(port)).toBe('up{service="waits"} 1');
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test("serveMetrics resolves with a server that waits", async () => {
    const { port, holder, endpoint } = await taken();
    const server = await serveMetrics({ port, registry: endpoint.registry });
    servers.push(server);
    expect(server.listening).toBe(false);
    holder.close();
    await once(server, "listening");
    expect(await read(port)).toBe('up{service="waits"} 1');
  });

  test("a server that is stopped no longer waits", async () => {
    const { port, holder, endpoint } = await taken();
    const server = start(endpoint, port);
    await once(server, "error");
    leaveMetricsServer(server, endpoint);
    holder.close();
    await setTimeout(2 * TAKEOVER_MS);
    expect(server.listening).toBe(false);
  });
});
