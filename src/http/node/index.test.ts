import { once } from "node:events";
import { Agent, createServer as createHttpServer, get, type IncomingMessage } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer as createHttp2Server,
  createSecureServer,
  type OutgoingHttpHeaders,
} from "node:http2";
import { createServer as createHttpsServer, request as httpsRequest } from "node:https";
import { type AddressInfo, connect as connectSocket, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test, vi } from "vitest";
import { selfSigned } from "../../../test/self-signed.ts";
import { Registry } from "../../registry/registry.ts";
import type { HttpMetricsOptions } from "../options.ts";
import { httpMetrics, monitor, type NodeServer, setRoute } from "./index.ts";

const certificate = selfSigned();
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function measured(server: NodeServer, options: HttpMetricsOptions = {}) {
  const registry = new Registry();
  httpMetrics(server, { registry, ...options });
  /** Waits until a family has exactly these samples, without its buckets. */
  const has = (name: string, expected: readonly string[]) =>
    vi.waitFor(async () => {
      const lines = (await registry.text()).split("\n");
      const found = lines.filter((line) => line.startsWith(name) && !line.includes("_bucket"));
      expect(found.toSorted()).toEqual(expected.toSorted());
    });
  return { registry, has };
}

function counted(method: string, route: string, status: string, outcome: string, count = 1) {
  return `http_requests_total{method="${method}",route="${route}",status_code="${status}",outcome="${outcome}"} ${count}`;
}

async function session(url: string): Promise<ClientHttp2Session> {
  const client = connect(url, { ca: certificate.cert });
  await once(client, "connect");
  // Sessions end by force here; how is not the test's matter.
  client.on("error", () => {});
  stops.unshift(() => client.destroy());
  return client;
}

function ask(client: ClientHttp2Session, headers: OutgoingHttpHeaders): ClientHttp2Stream {
  return client.request(headers).on("error", () => {});
}

/** `once` would reject, as of a stream that is reset. */
function closed(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => stream.on("close", resolve).resume());
}

async function answerOf(stream: ClientHttp2Stream): Promise<{ status: number; body: string }> {
  const [headers] = await once(stream, "response");
  return { status: headers[":status"], body: await text(stream) };
}

test("measures HTTPS, with its scheme", async () => {
  const server = createHttpsServer(certificate, (request, response) => {
    setRoute(request, "/:name");
    response.end("hello");
  });
  const { has } = measured(server, {
    metrics: { requests: { labels: ["route", "scheme", "protocol_version"] } },
  });
  const port = await listen(server);
  const request = httpsRequest({ port, host: "127.0.0.1", path: "/a", ca: certificate.cert }).end();
  const [response] = await once(request, "response");
  expect(await text(response)).toBe("hello");
  await has("http_requests_total", [
    'http_requests_total{route="/:name",scheme="https",protocol_version="1.1"} 1',
  ]);
});

test("measures HTTP/2 with node's compatible API, and answers the page there", async () => {
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    setRoute(request, "/users/:id");
    if (request.url === "/throws") return response.stream.destroy(new Error("broken"));
    if (request.url === "/fails") {
      response.write("first");
      return setTimeout(() => response.stream.destroy(new Error("broken")), 20);
    }
    if (request.url === "/silent") return;
    if (request.url === "/endless") return response.write("first");
    response.statusCode = request.url === "/missing" ? 404 : 200;
    return response.end("hello");
  });
  const { has } = measured(server, {
    metrics: { responseSize: true, requests: { labels: ["method", "status_code", "outcome"] } },
  });
  const client = await session(`https://127.0.0.1:${await listen(server)}`);
  expect(await answerOf(ask(client, { ":path": "/users/1" }))).toMatchObject({ body: "hello" });
  await answerOf(ask(client, { ":path": "/missing", ":method": "POST" }));
  await answerOf(ask(client, { ":path": "/users/1", ":method": "HEAD" }));
  await closed(ask(client, { ":path": "/fails" }));
  await closed(ask(client, { ":path": "/throws" }));
  const silent = ask(client, { ":path": "/silent" });
  setTimeout(() => silent.close(constants.NGHTTP2_CANCEL), 50);
  await closed(silent);
  const endless = ask(client, { ":path": "/endless" });
  await once(endless, "data");
  endless.close(constants.NGHTTP2_CANCEL);
  await closed(endless);
  const page = await answerOf(ask(client, { ":path": "/metrics?name[]=http_requests" }));
  expect(page).toMatchObject({ status: 200, body: expect.stringContaining("http_requests_total") });
  await has("http_requests_total", [
    'http_requests_total{method="GET",status_code="200",outcome="ok"} 1',
    'http_requests_total{method="POST",status_code="404",outcome="client_error"} 1',
    'http_requests_total{method="HEAD",status_code="200",outcome="ok"} 1',
    'http_requests_total{method="GET",status_code="200",outcome="failed_response"} 1',
    'http_requests_total{method="GET",status_code="499",outcome="aborted"} 2',
    'http_requests_total{method="GET",status_code="200",outcome="aborted_response"} 1',
  ]);
  await has("http_requests_in_flight", ["http_requests_in_flight 0"]);
  await has("http_response_size_bytes_sum", [
    'http_response_size_bytes_sum{method="GET",route="/users/:id"} 15',
    'http_response_size_bytes_sum{method="POST",route="/users/:id"} 5',
    'http_response_size_bytes_sum{method="HEAD",route="/users/:id"} 0',
  ]);
});

test("measures the bare streams of HTTP/2", async () => {
  const server = createHttp2Server();
  const { has } = measured(server, { path: false, route: () => "/stream" });
  server.on("stream", (stream, headers) => {
    if (headers[":path"] === "/events") {
      stream.respond({ ":status": 200, "content-type": "text/event-stream" });
      stream.write("data: 1\n\n");
    } else {
      stream.respond({ ":status": 204 }, { endStream: true });
    }
  });
  const client = await session(`http://127.0.0.1:${await listen(server)}`);
  await answerOf(ask(client, { ":path": "/" }));
  const events = ask(client, { ":path": "/events" });
  await once(events, "data");
  events.close(constants.NGHTTP2_CANCEL);
  await has("http_requests_total", [
    counted("GET", "/stream", "204", "ok"),
    counted("GET", "/stream", "200", "aborted_response"),
  ]);
  await has("http_stream_duration_seconds_count", [
    'http_stream_duration_seconds_count{route="/stream",kind="event_stream"} 1',
  ]);
});

test("counts the streams of a session of HTTP/2 that is gone", async () => {
  const server = createHttp2Server((_request, response) => {
    response.writeHead(200);
    response.write("first");
  });
  const { has } = measured(server);
  const client = await session(`http://127.0.0.1:${await listen(server)}`);
  const streams = Array.from({ length: 5 }, () => ask(client, { ":path": "/" }));
  await Promise.all(streams.map((stream) => once(stream, "data")));
  client.destroy();
  await has("http_requests_total", [counted("GET", "_unmatched", "200", "aborted_response", 5)]);
  await has("http_requests_in_flight", ["http_requests_in_flight 0"]);
});

test("a tunnel that nobody takes is dropped as ever, and counted", async () => {
  const server = createHttpServer();
  const { has } = measured(server);
  const port = await listen(server);
  const { request } = await import("node:http");
  const tunnel = request({ port, host: "127.0.0.1", method: "CONNECT", path: "a:443" }).end();
  await expect(once(tunnel, "connect")).rejects.toThrow("socket hang up");
  await has("http_requests_total", [counted("_other", "_unmatched", "499", "aborted")]);
});

test("a head that never ends is refused by Node, and one that never began is none", async () => {
  const server = createHttpServer({
    connectionsCheckingInterval: 20,
    headersTimeout: 100,
    requestTimeout: 100,
  });
  const { has } = measured(server);
  const port = await listen(server);
  const silent = connectSocket(port, "127.0.0.1");
  const half = connectSocket(port, "127.0.0.1");
  half.write("GET /slow HTTP/1.1\r\nHost:");
  await Promise.all([once(half.resume(), "close"), once(silent.resume(), "close")]);
  await has("http_requests_total", [counted("_other", "_unmatched", "408", "rejected")]);
  await has("http_requests_in_flight", ["http_requests_in_flight 0"]);
});

test("requests past the server's limit for a connection are counted with Node's own answer", async () => {
  const server = createHttpServer((_request, response) => response.end("hello"));
  server.maxRequestsPerSocket = 1;
  server.keepAliveTimeout = 10;
  const { has } = measured(server);
  const socket = connectSocket(await listen(server), "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2));
  expect(await text(socket)).toContain("HTTP/1.1 503");
  await has("http_requests_total", [
    counted("GET", "_unmatched", "200", "ok"),
    counted("GET", "_unmatched", "503", "server_error"),
  ]);
});

test("monitor serves the metrics apart, and stops with the server", async () => {
  const registry = new Registry();
  const server = createHttpServer((_request, response) => response.end());
  const metricsServer = monitor(server, { port: 0, registry, path: "/own" });
  await once(metricsServer, "listening");
  const port = await listen(server);
  await fetch(`http://127.0.0.1:${port}/metrics`);
  const { port: metricsPort } = metricsServer.address() as AddressInfo;
  const page = await (await fetch(`http://127.0.0.1:${metricsPort}/own`)).text();
  expect(page).toContain(counted("GET", "_unmatched", "200", "ok"));
  server.close();
  server.closeAllConnections();
  await once(metricsServer, "close");
});

test("a server that is being closed does not wait for the next scrape on the connection of the last one", async () => {
  const registry = new Registry();
  const server = createHttpServer((_request, response) => void response.end("ok"));
  measured(server, { registry });
  const port = await listen(server);
  const ended = once(server, "close");
  const close = () => {
    server.close();
    server.closeIdleConnections();
    return 1;
  };
  registry.gauge({ name: "closing", help: "Closes the server in a scrape.", collect: close });

  // A connection that the client keeps open, as Prometheus does.
  const agent = new Agent({ keepAlive: true });
  const request = get({ host: "127.0.0.1", port, path: "/metrics", agent });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  expect(response.headers.connection).toBe("close");
  expect(await text(response)).toContain("closing 1");
  await ended;
});
