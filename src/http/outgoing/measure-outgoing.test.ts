import { AsyncLocalStorage } from "node:async_hooks";
import { hasSubscribers } from "node:diagnostics_channel";
import { once } from "node:events";
import { Agent, ClientRequest, createServer, get, type RequestOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { expectCounted, nothingInFlight } from "../../../test/outgoing/counted.ts";
import { startTarget, type Target } from "../../../test/outgoing/target.ts";
import { thrown } from "../../../test/thrown.ts";
import { metrics } from "../../registry/metrics.ts";
import { Registry } from "../../registry/registry.ts";
import { expectFamilies, readSamples, readValue } from "../../testing/index.ts";
import { measureOutgoing } from "./measure-outgoing.ts";
import type { OutgoingMetricsOptions } from "./options.ts";

let registry: Registry;
let target: Target;
beforeEach(async () => {
  registry = new Registry();
  target = await startTarget();
});

/** Measures until the end of the test. */
function measure(options: OutgoingMetricsOptions = {}): void {
  onTestFinished(measureOutgoing({ registry, ...options }));
}

async function fetched(path: string, init?: RequestInit): Promise<string> {
  return (await fetch(`${target.url}${path}`, init)).text();
}

async function got(path: string, options: RequestOptions = {}): Promise<void> {
  const sent = get({ host: "127.0.0.1", port: target.port, path, ...options });
  sent.on("error", () => {});
  await new Promise((resolve) => sent.on("close", resolve));
}

async function bothOk(): Promise<void> {
  await fetched("/ok");
  await got("/ok");
}

describe("callers", () => {
  const both = { requests: { "GET 200": 2 } };

  test("of the process-wide registry need no options", async () => {
    const stop = measureOutgoing();
    await bothOk();
    await expectCounted(metrics, target, both);
    stop();
    expect(await metrics.text()).not.toContain("http_client");
  });

  test("of one registry count each request once, until the last has stopped", async () => {
    const stops = [measureOutgoing({ registry }), measureOutgoing({ registry })];
    await bothOk();
    await expectCounted(registry, target, both);
    stops[0]?.();
    stops[0]?.();
    await bothOk();
    await expectCounted(registry, target, { requests: { "GET 200": 4 } });
    stops[1]?.();
    expect(await registry.text()).toBe("");
  });

  test("in two copies of this package count each request once", async () => {
    measure();
    vi.resetModules();
    const copy = await import("./measure-outgoing.ts");
    expect(copy.measureOutgoing).not.toBe(measureOutgoing);
    onTestFinished(copy.measureOutgoing({ registry }));
    await bothOk();
    await expectCounted(registry, target, both);
  });

  test("of two registries count it in each", async () => {
    const other = new Registry();
    measure();
    const stop = measureOutgoing({ registry: other });
    await bothOk();
    await expectCounted(registry, target, both);
    await expectCounted(other, target, both);
    stop();
    await bothOk();
    await expectCounted(registry, target, { requests: { "GET 200": 4 } });
  });

  test("that stopped do not stop those who began after them", async () => {
    const stop = measureOutgoing({ registry });
    stop();
    measure();
    stop();
    await bothOk();
    await expectCounted(registry, target, both);
  });
});

describe("stop", () => {
  const CHANNELS = [
    ...["create", "headers", "trailers", "error"].map((name) => `undici:request:${name}`),
    "http.client.request.created",
    "http.client.request.error",
  ];
  const used = () => ({
    channels: CHANNELS.filter(hasSubscribers),
    addRequest: (Agent.prototype as unknown as { addRequest: unknown }).addRequest,
    onSocket: ClientRequest.prototype.onSocket,
  });

  test("releases everything", async () => {
    const before = used();
    const stop = measureOutgoing({ registry });
    expect(used()).not.toEqual(before);
    await bothOk();
    stop();
    expect(used()).toEqual(before);
    expect(await registry.text()).toBe("");
  });

  test("a method is patched once, by whichever copy of this package comes first", async () => {
    const before = used();
    const stop = measureOutgoing({ registry });
    const { addRequest, onSocket } = used();
    vi.resetModules();
    const copy = await import("./measure-outgoing.ts");
    const stopOther = copy.measureOutgoing({ registry: new Registry() });
    expect(used()).toMatchObject({ addRequest, onSocket });
    stop();
    expect(used()).toMatchObject({ addRequest, onSocket });
    stopOther();
    expect(used()).toEqual(before);
  });

  test("leaves requests alone that are under way, and does not count them later", async () => {
    const stop = measureOutgoing({ registry });
    const controller = new AbortController();
    const { signal } = controller;
    const ends = Promise.allSettled([fetched("/hang", { signal }), got("/hang", { signal })]);
    await vi.waitFor(async () => {
      expect(await readValue(registry, "http_client_requests_in_flight")).toBe(2);
    });
    stop();
    measure();
    controller.abort();
    const [fetching, getting] = await ends;
    expect([fetching.status, getting.status]).toEqual(["rejected", "fulfilled"]);
    expect(await readSamples(registry, "http_client_request_duration_seconds_count")).toEqual([]);
  });

  test("gives way to those who have replaced the same methods since", async () => {
    const { prototype } = ClientRequest;
    const { onSocket } = prototype;
    onTestFinished(() => {
      prototype.onSocket = onSocket;
    });
    const stop = measureOutgoing({ registry });
    const listeners: number[] = [];
    const measured = prototype.onSocket;
    const later = function (this: ClientRequest, ...args: Parameters<typeof onSocket>) {
      measured.apply(this, args);
      listeners.push(this.listenerCount("close"));
    };
    prototype.onSocket = later;
    stop();
    expect(prototype.onSocket).toBe(later);
    await got("/ok");
    expect(listeners).toEqual([0]);
  });
});

describe("options", () => {
  test("limit: hosts past it are one", async () => {
    measure({ limit: 1 });
    await bothOk();
    const others = [await startTarget(), await startTarget()];
    for (const { url } of others) await (await fetch(`${url}/ok`)).text();
    await expectCounted(registry, target, { requests: { "GET 200": 2 } });
    await expectCounted(registry, { host: "_other" }, { requests: { "GET 200": 2 } });
  });

  test("exclude: requests that are not measured", async () => {
    const exclude = vi.fn(({ path }: { readonly path: string }) => path === "/missing?a=b");
    measure({ exclude });
    const other = await startTarget();
    measure({ exclude: ({ host }) => host === other.host });
    for (const path of ["/missing?a=b", "/ok"]) {
      await fetched(path);
      await got(path);
    }
    await (await fetch(`${other.url}/ok`)).text();
    await expectCounted(registry, target, { requests: { "GET 200": 2 } });
    await expectCounted(registry, other, { requests: {} });
    const facts = { method: "GET", host: target.host, path: "/ok" };
    expect(exclude.mock.calls.filter(([{ path }]) => path === "/ok")).toEqual([
      [facts],
      [facts],
      [{ ...facts, host: other.host }],
    ]);
  });

  test("conventions: the names of OpenTelemetry", async () => {
    measure({ conventions: "opentelemetry", metrics: { duration: { buckets: [60] } } });
    await fetched("/ok", { method: "PURGE" });
    await got("/busy");
    await got("/die");
    await nothingInFlight(registry);
    const server = `server_address="127.0.0.1",server_port="${target.port}"`;
    const page = (await registry.text()).replace(/(_sum{[^}]+}) \S+/g, "$1 0.1");
    const duration = (method: string, labels: string) => {
      const all = `http_request_method="${method}",${server},${labels}`;
      return `http_client_request_duration_seconds_bucket{${all},le="60.0"} 1
        http_client_request_duration_seconds_bucket{${all},le="+Inf"} 1
        http_client_request_duration_seconds_sum{${all}} 0.1
        http_client_request_duration_seconds_count{${all}} 1`;
    };
    await expectFamilies(
      page,
      `# TYPE http_client_request_duration_seconds histogram
       ${duration("_OTHER", 'http_response_status_code="200",error_type=""')}
       ${duration("GET", 'http_response_status_code="503",error_type="503"')}
       ${duration("GET", 'http_response_status_code="",error_type="ECONNRESET"')}
       # TYPE http_client_active_requests gauge
       http_client_active_requests{http_request_method="_OTHER",${server}} 0
       http_client_active_requests{http_request_method="GET",${server}} 0`,
    );
    expect(page).not.toContain("http_client_errors");
  });

  test("metrics: their names, labels and buckets, and whether there are any", async () => {
    measure({
      metrics: {
        duration: { name: "calls_seconds", labels: ["scheme"], buckets: [60], native: true },
        errors: { name: "calls_failed", help: "Failed calls.", labels: [] },
        inFlight: false,
      },
    });
    await bothOk();
    await got("/die");
    const page = await registry.text();
    expect(page).not.toContain("http_client");
    expect(page).not.toContain("in_flight");
    await expectFamilies(
      page,
      `# HELP calls_failed_total Failed calls.
       # TYPE calls_failed_total counter
       calls_failed_total 1`,
    );
    expect(await readValue(registry, "calls_seconds_bucket", { scheme: "http", le: 60 })).toBe(3);
  });

  test.each<[object, string]>([
    [{ limit: 0 }, "option limit is 0: use a whole number from 1, or Infinity"],
    [{ conventions: "otel" }, 'option conventions is "otel": use "prometheus" or "opentelemetry"'],
    [{ exclude: "/health" }, 'option exclude is "/health": use a function of the request'],
    [
      { metrics: { durations: false } },
      'option metrics is "durations": use duration, errors, inFlight',
    ],
    [
      { metrics: { errors: { labels: ["route"] } } },
      'option metrics.errors.labels is "route": use method, host, server_address, server_port, scheme, status_code, error',
    ],
    [
      { metrics: { inFlight: { labels: ["status_code"] } } },
      'option metrics.inFlight.labels is "status_code": use method, host, server_address, server_port, scheme: no more is known',
    ],
  ])("%j is refused", async (options, message) => {
    const error = thrown(() => measureOutgoing({ registry, ...options }));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    expect(error.message).toContain(message);
    expect(await registry.text()).toBe("");
  });

  test("that differ from those of the callers before are refused", () => {
    measure({ limit: 5 });
    measure();
    measure({ conventions: "prometheus", metrics: {} });
    const error = thrown(() => measureOutgoing({ registry, limit: 6 }));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    expect(error.message).toContain(
      "option limit is 6: the registry already has these metrics with 5",
    );
  });

  test("that those before left open may be asked for", async () => {
    const stop = measureOutgoing({ registry });
    registry.counter({ name: "taken", help: "" });
    const taken = { metrics: { errors: { name: "taken" } } };
    expect(thrown(() => measureOutgoing({ registry, ...taken })).code).toBe("NARTHEX_NAME_TAKEN");
    await bothOk();
    await expectCounted(registry, target, { requests: { "GET 200": 2 } });
    const stopOther = measureOutgoing({ registry, metrics: { errors: false } });
    expect(await registry.text()).not.toContain("http_client_errors");
    await bothOk();
    await expectCounted(registry, target, { requests: { "GET 200": 2 } });
    expect(() => measureOutgoing({ registry, limit: 6 })).toThrow("option limit is 6");
    stop();
    stopOther();
    expect(await registry.text()).not.toContain("http_client");
  });

  test("a name that is taken is refused, and nothing is left behind", async () => {
    registry.counter({ name: "http_client_errors", help: "" });
    const error = thrown(() => measureOutgoing({ registry }));
    expect(error.code).toBe("NARTHEX_NAME_TAKEN");
    expect(await registry.text()).not.toContain("http_client_request_duration");
    registry.unregister("http_client_errors");
    measure();
    await bothOk();
    await expectCounted(registry, target, { requests: { "GET 200": 2 } });
  });
});

describe("what goes wrong in measuring", () => {
  test("breaks no request", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    const uncaught = vi.fn();
    process.on("uncaughtException", uncaught);
    onTestFinished(() => {
      process.off("uncaughtException", uncaught);
    });
    const broken = () => {
      throw new Error("broken");
    };
    for (const inFlight of [true, false]) {
      measure({ registry: new Registry({ now: broken }), metrics: { inFlight } });
    }
    measure({ exclude: broken });
    registry.exemplars(broken);
    expect(await fetched("/ok")).toBe("hello");
    await got("/ok");
    await expectCounted(registry, target, { requests: { "GET 200": 2 } });
    const message = "The metrics of outgoing requests failed: Error: broken.";
    const stack = expect.objectContaining({ detail: expect.stringMatching(/^ {4}at .*broken/) });
    expect(warn.mock.calls).toEqual([
      [message, stack],
      [expect.stringContaining("gets no exemplar (Error: broken)."), stack],
    ]);
    expect(uncaught).not.toHaveBeenCalled();
  });
});

test("nothing of a path, a query, credentials or an error's text is on the page", async () => {
  measure();
  const secret = "Sesame";
  const user = `user-${secret}:password-${secret}`;
  await fetched(`/${secret}?token=${secret}#${secret}`, { headers: { authorization: secret } });
  await got("/ok", { auth: user, path: `/${secret}?token=${secret}` });
  await once(get(new URL(`${target.url.replace("//", `//${user}@`)}/ok?${secret}`)), "close");
  await got("/ok", { headers: { Host: `${secret}.example` } });
  await got("/ok", { host: `${user}@127.0.0.1`, headers: { Host: `${user}@127.0.0.1:80` } });
  await got("/hang", { signal: AbortSignal.timeout(20) });
  const failing = get({ host: "127.0.0.1", port: target.port, path: "/hang" });
  failing.on("error", () => {});
  failing.destroy(Object.assign(new Error(secret), { code: `ERR_${secret}`, name: secret }));
  await nothingInFlight(registry);
  const accepts = ["text/plain", "application/openmetrics-text", "application/vnd.google.protobuf"];
  for (const accept of accepts) {
    const page = Buffer.from((await registry.expose({ accept })).body).toString("latin1");
    expect(page).toContain("http_client_request_duration_seconds");
    expect(page.toLowerCase()).not.toContain(secret.toLowerCase());
  }
});

test("an exemplar is of whoever sent the request, on a connection that others use, too", async () => {
  measure({ metrics: { duration: { buckets: [60] } } });
  const traces = new AsyncLocalStorage<string>();
  registry.exemplars(() => {
    const trace_id = traces.getStore();
    return trace_id === undefined ? undefined : { trace_id };
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const paths = { "/ok": "200", "/created": "201", "/missing": "404", "/busy": "503" };
  const clients = { fetch: fetched, node: (path: string) => got(path, { agent }) };
  for (const [name, send] of Object.entries(clients)) {
    for (const [path, status] of Object.entries(paths)) {
      await traces.run(`${name}-${status}`, () => send(path));
    }
    await nothingInFlight(registry);
    const accept = "application/openmetrics-text; version=1.0.0";
    const page = Buffer.from((await registry.expose({ accept })).body).toString();
    const found = [...page.matchAll(/status_code="(\d+)".* # {trace_id="([^"]+)"}/g)];
    const traceOf = Object.fromEntries(found.map(([, status, trace]) => [status, trace]));
    expect(traceOf).toEqual(
      Object.fromEntries(Object.values(paths).map((status) => [status, `${name}-${status}`])),
    );
  }
});

test("a scrape that sends requests counts them, and ends", async () => {
  measure();
  registry.gauge({
    name: "target_up",
    help: "",
    collect: async () => ((await fetched("/ok")) === "hello" ? 1 : 0),
  });
  const server = createServer(async (_request, response) => {
    response.end((await registry.expose()).body);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(page).toContain("\ntarget_up 1\n");
  await sleep(50);
  expect(target.received()).toBe(1);
});
