import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { Registry } from "../../registry/registry.ts";
import { httpMetrics, setRoute } from "../node/index.ts";
import type { HttpMetricsOptions } from "../options.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server under measurement; `lines` waits for its requests, and gives a family's samples. */
async function measured(options: HttpMetricsOptions, listener: RequestListener = answer) {
  const registry = new Registry();
  const server = createServer(listener);
  httpMetrics(server, { registry, ...options });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lines = (name: string, count: number) =>
    vi.waitFor(async () => {
      const page = await registry.text();
      const found = page
        .split("\n")
        .filter((line) => line.startsWith(name) && !line.includes("_bucket"));
      expect(found).toHaveLength(count);
      return found;
    });
  return { url, registry, lines };
}

const answer: RequestListener = (request, response) => {
  setRoute(request, "/users/:id");
  response.statusCode = request.url?.includes("teapot") ? 418 : 200;
  request.resume().on("end", () => response.end("hello"));
};

test("has the names and attributes of the semantic conventions", async () => {
  const { url, registry, lines } = await measured({
    conventions: "opentelemetry",
    metrics: { requestSize: true, responseSize: true },
  });
  await fetch(`${url}/users/1`, { method: "POST", body: "four" });
  await fetch(`${url}/users/1`, { method: "PROPFIND" });
  const post =
    'http_request_method="POST",url_scheme="http",http_route="/users/:id",http_response_status_code="200",error_type="",network_protocol_version="1.1"';
  const [count] = await lines(`http_server_request_duration_seconds_count{${post}}`, 1);
  expect(count).toContain("} 1");
  const other = post.replace("POST", "_OTHER");
  await lines(`http_server_request_duration_seconds_count{${other}} 1`, 1);
  await lines(`http_server_request_body_size_bytes_sum{${post}} 4`, 1);
  await lines(`http_server_response_body_size_bytes_sum{${post}} 5`, 1);
  await lines('http_server_active_requests{http_request_method="POST",url_scheme="http"} 0', 1);
  expect(await registry.text()).not.toContain("http_requests");
});

test("tells failures and clients that left by their error type", async () => {
  const { url, lines } = await measured({ conventions: "opentelemetry" }, (request, response) => {
    if (request.url === "/silent") return;
    response.writeHead(503).end();
  });
  await fetch(url);
  await expect(fetch(`${url}/silent`, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
  const counts = await lines("http_server_request_duration_seconds_count", 2);
  expect(counts[0]).toContain('http_response_status_code="503",error_type="503"');
  expect(counts[1]).toContain('http_response_status_code="",error_type="aborted"');
});

test("each metric can be renamed, changed or switched off", async () => {
  const { url, registry, lines } = await measured({
    metrics: {
      duration: { name: "web_seconds", buckets: [1], labels: ["status_code"], native: true },
      requests: { name: "web_requests", help: "All of them.", labels: ["route", "scheme"] },
      inFlight: { name: "web_open", labels: ["method"] },
      streams: false,
      timeToHeaders: true,
    },
    labelNames: { status_code: "code", route: "template" },
  });
  await fetch(`${url}/users/1`);
  expect(await lines("web_seconds_count", 1)).toEqual(['web_seconds_count{code="200"} 1']);
  expect(await lines("web_requests_total", 1)).toEqual([
    'web_requests_total{template="/users/:id",scheme="http"} 1',
  ]);
  expect(await lines("web_open", 1)).toEqual(['web_open{method="GET"} 0']);
  await lines("http_request_time_to_headers_seconds_count", 1);
  const page = await registry.text();
  expect(page).toContain('web_seconds_bucket{code="200",le="1.0"} 1\n');
  expect(page).toContain("# HELP web_requests_total All of them.\n");
  expect(page).not.toContain("http_stream");
});

test("labels of one's own are bounded, and can't cost a request its count", async () => {
  const { url, lines } = await measured({
    limit: 2,
    labels: {
      tenant: (request) => request.header("x-tenant"),
      broken: ({ url }) => {
        if (url === "/broken") throw new Error("no label");
        return true;
      },
    },
    metrics: { duration: false, requests: { labels: ["tenant", "broken"] } },
  });
  for (const tenant of ["a", "b", "c", "d", "a"]) {
    await fetch(url, { headers: { "x-tenant": tenant } });
  }
  await fetch(`${url}/broken`, { headers: { "x-tenant": "b" } });
  expect(await lines("http_requests_total", 4)).toEqual([
    'http_requests_total{tenant="a",broken="true"} 2',
    'http_requests_total{tenant="b",broken="true"} 1',
    'http_requests_total{tenant="_other",broken="true"} 2',
    'http_requests_total{tenant="b",broken="_error"} 1',
  ]);
});

test("leaves requests out by path, by pattern and by predicate", async () => {
  const byPath = await measured({ exclude: ["/health", /^\/internal\//g] });
  for (const path of ["/health?full", "/internal/a", "/internal/b", "/healthy"]) {
    await fetch(byPath.url + path);
  }
  expect((await byPath.lines("http_requests_total", 1))[0]).toMatch(/ 1$/);
  const byPredicate = await measured({
    exclude: (request) => {
      if (request.url === "/throws") throw new Error("no answer");
      return request.header("user-agent") === "probe";
    },
  });
  await fetch(byPredicate.url, { headers: { "user-agent": "probe" } });
  await fetch(`${byPredicate.url}/throws`);
  expect((await byPredicate.lines("http_requests_total", 1))[0]).toMatch(/ 1$/);
  expect(await byPredicate.lines("http_requests_in_flight", 1)).toEqual([
    "http_requests_in_flight 0",
  ]);
});

test("counts the bytes of bodies that were really there", async () => {
  const { url, lines } = await measured(
    { metrics: { requestSize: true, responseSize: true, duration: false } },
    (request, response) => {
      setRoute(request, request.url as string);
      if (request.url === "/pieces") {
        response.write("häh");
        response.write(Buffer.alloc(10));
        response.end("6869", "hex");
      } else response.end("hello");
    },
  );
  const stream = new Blob(["0123456789".repeat(10)]).stream();
  await fetch(`${url}/unread`, { method: "POST", body: stream, duplex: "half" } as RequestInit);
  await fetch(`${url}/pieces`);
  await fetch(`${url}/head`, { method: "HEAD" });
  const received = await lines("http_request_size_bytes_sum", 3);
  expect(received).toContain('http_request_size_bytes_sum{method="GET",route="/pieces"} 0');
  expect(await lines("http_response_size_bytes_sum", 3)).toEqual([
    'http_response_size_bytes_sum{method="POST",route="/unread"} 5',
    'http_response_size_bytes_sum{method="GET",route="/pieces"} 16',
    'http_response_size_bytes_sum{method="HEAD",route="/head"} 0',
  ]);
});

test("the option route tells routes, and one that fails tells none", async () => {
  const { url, lines } = await measured({
    metrics: { duration: false, requests: { labels: ["route"] } },
    route: ({ url }) => {
      if (url === "/throws") throw new Error("no route");
      if (url === "/object") return {} as string;
      return url === "/own" ? "/:own" : undefined;
    },
  });
  for (const path of ["/own", "/throws", "/users/1", "/object"]) await fetch(url + path);
  expect(await lines("http_requests_total", 3)).toEqual([
    'http_requests_total{route="/:own"} 1',
    'http_requests_total{route="/users/:id"} 2',
    'http_requests_total{route="_unmatched"} 1',
  ]);
});

test("two registries measure the same requests, one registry measures them once", async () => {
  const registry = new Registry();
  const server = createServer((_request, response) => response.end());
  const other = new Registry();
  httpMetrics(server, { registry: other, path: false });
  httpMetrics(server, { registry, path: false });
  httpMetrics(server, { registry });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await fetch(url);
  const page = await (await fetch(`${url}/metrics`)).text();
  const counted =
    'http_requests_total{method="GET",route="_unmatched",status_code="200",outcome="ok"}';
  expect(page).toContain(`${counted} 1\n`);
  await vi.waitFor(async () => {
    // It has no page of its own here: the scrape is one more request to it.
    expect(await other.text()).toContain(`${counted} 2\n`);
  });
});

test("labels that nobody declared do not compile, and are refused", () => {
  const registry = new Registry();
  const labels = { tenant: () => "a" };
  const known = ["method", "tenant"] as const;
  httpMetrics(createServer(), { registry, labels, metrics: { requests: { labels: known } } });
  const wrong = () =>
    httpMetrics(createServer(), {
      registry,
      labels,
      // @ts-expect-error: it is spelled tenant.
      metrics: { requests: { labels: ["tenent"] } },
    });
  expect(wrong).toThrow(/option metrics\.requests\.labels is "tenent"/);
  const none = () =>
    httpMetrics(createServer(), {
      registry,
      // @ts-expect-error: no label is declared.
      metrics: { requests: { labels: ["tenant"] } },
    });
  expect(none).toThrow(/labels is "tenant"/);
});

test.each([
  [{ conventions: "statsd" }, /option conventions is "statsd": use "prometheus" or/],
  [{ limit: 0 }, /option limit is 0: use a whole number/],
  [{ streamAfterSeconds: -1 }, /option streamAfterSeconds is -1/],
  [{ exclude: "/health" }, /option exclude is "\/health": use an array/],
  [{ exclude: [1] }, /option exclude is 1/],
  [{ path: "metrics" }, /option path is "metrics": use a path that begins with a slash/],
  [{ authorize: "token" }, /option authorize is "token": use a function/],
  [{ port: 70_000 }, /option port is 70000/],
  [{ metrics: { duration: { labels: ["verb"] } } }, /option metrics\.duration\.labels is "verb"/],
  [{ metrics: { seconds: true } }, /option metrics is "seconds": use duration, requests/],
  [{ labels: { tenant: "a" } }, /option labels\.tenant is "a": use a function/],
  [{ route: "/users" }, /option route is "\/users": use a function/],
  [{ metrics: { inFlight: { labels: ["route"] } } }, /metrics\.inFlight\.labels is "route"/],
])("refuses %o", (options, message) => {
  const server = createServer();
  const registry = new Registry();
  const wrong = { registry, ...options } as HttpMetricsOptions;
  expect(() => httpMetrics(server, wrong)).toThrow(message);
  expect(registry.unregister("http_request_duration_seconds")).toBe(false);
});

test("each option that fails is told of once, whatever it throws", async () => {
  const warned: string[] = [];
  vi.spyOn(process, "emitWarning").mockImplementation(
    (message) => void warned.push(String(message)),
  );
  const fails = () => {
    throw Object.create(null);
  };
  const { url, lines } = await measured({
    exclude: fails,
    route: fails,
    labels: { tenant: fails },
  });
  for (let sent = 0; sent < 2; sent += 1) await fetch(`${url}/users/1`);
  await lines("http_requests_total{", 1);
  vi.restoreAllMocks();
  expect(warned).toEqual([
    expect.stringContaining("the option exclude failed"),
    expect.stringContaining("the option route failed"),
    expect.stringContaining("The label tenant"),
  ]);
});

test("a challenge that no header can have is refused when it is given", () => {
  const refuse = () => false;
  for (const challenge of ['Basic realm="prod \u2013 eu"', "Basic\r\nX: y", ""]) {
    const authorize = Object.assign(refuse, { challenge });
    expect(() => httpMetrics(createServer(), { registry: new Registry(), authorize })).toThrow(
      /^HTTP metrics: option authorize\.challenge is /,
    );
  }
});

test("headers are found whatever case their names are given in", async () => {
  const { url, lines } = await measured({ labels: { client: (it) => it.header("X-Client-Name") } });
  await fetch(url, { headers: { "x-client-name": "ios" } });
  expect((await lines("http_requests_total{", 1))[0]).toContain('client="ios"');
});
