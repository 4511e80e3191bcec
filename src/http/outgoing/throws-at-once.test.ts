import { Agent, type ClientRequest, get, request } from "node:http";
import { get as secureGet } from "node:https";
import * as undici from "undici";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { nothingInFlight } from "../../../test/outgoing/counted.ts";
import { startTarget, type Target } from "../../../test/outgoing/target.ts";
import { Registry } from "../../registry/registry.ts";
import { readSamples } from "../../testing/index.ts";
import { measureOutgoing } from "./measure-outgoing.ts";

let registry: Registry;
let target: Target;
beforeEach(async () => {
  registry = new Registry();
  onTestFinished(measureOutgoing({ registry }));
  target = await startTarget();
});

const fail = (): never => {
  throw new Error("mine");
};

class FailingAgent extends Agent {
  override createConnection = fail;
}

/** An error that cannot be read. */
const hostile = Object.defineProperty(new Error("mine"), "name", { get: fail });

/** Requests of which nothing is sent, or which end before they have a connection. */
const REQUESTS: Readonly<Record<string, (target: Target) => unknown>> = {
  "node: a broken certificate": () =>
    secureGet({ host: "127.0.0.1", cert: "broken", key: "broken" }),
  "node: a port out of range": () => get({ host: "127.0.0.1", port: 99_999 }),
  "node: a bad local address": ({ port }) => get({ port, localAddress: "here" }),
  "node: a bad lookup": ({ port }) => get({ port, host: "name.example", lookup: fail }),
  "node: a newline in a header": ({ url }) => get(url, { headers: { x: "a\nb" } }),
  "node: a bad header later": ({ url }) =>
    destroyAfter(request(url), (sent) => sent.setHeader("x", "a\nb")),
  "node: a bad method": ({ url }) => get(url, { method: "G T" }),
  "node: a bad path": ({ port }) => get({ port, path: "/a b" }),
  "node: a bad URL": () => get("http://"),
  "node: another protocol": () => get("ftp://127.0.0.1/"),
  "node: an agent that throws": ({ url }) => get(url, { agent: new FailingAgent() }),
  "node: a connection that throws": ({ url }) => get(url, { createConnection: fail }),
  "node: an agent that throws when it is given the request": ({ url }) =>
    get(url, { agent: { protocol: "http:", addRequest: fail } as unknown as Agent }),
  "node: destroyed at once": ({ url }) => get(url).destroy(),
  "node: destroyed with an error that throws": ({ url }) => get(url).destroy(hostile),
  "node: a signal that is aborted": ({ url }) => get(url, { signal: AbortSignal.abort() }),
  "fetch: a signal that is aborted": ({ url }) => fetch(url, { signal: AbortSignal.abort() }),
  "fetch: aborted at once": ({ url }) => {
    const controller = new AbortController();
    const response = fetch(`${url}/hang`, { signal: controller.signal });
    controller.abort();
    return response;
  },
  "fetch: aborted with an error that throws": ({ url }) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(hostile), 20);
    return fetch(`${url}/hang`, { signal: controller.signal });
  },
  "fetch: a bad URL": () => fetch("http://"),
  "fetch: a bad port": () => fetch("http://127.0.0.1:1/"),
  "fetch: a newline in a header": ({ url }) => fetch(url, { headers: { x: "a\nb" } }),
  "fetch: a body that throws": ({ url }) =>
    fetch(url, {
      method: "POST",
      body: new ReadableStream({ pull: fail }),
      duplex: "half",
    } as RequestInit),
  "undici: a signal that is aborted": ({ url }) =>
    undici.request(url, { signal: AbortSignal.abort() }),
  "undici: a newline in a header": ({ url }) => undici.request(url, { headers: { x: "a\nb" } }),
  "undici: a bad URL": () => undici.request("http://"),
  "undici: a bad path": ({ url }) => undici.request({ origin: url, path: "/a b" } as never),
  "undici: a body of the wrong length": ({ url }) =>
    undici.request(url, { method: "POST", body: "abc", headers: { "content-length": "10" } }),
  "undici: a body that throws": ({ url }) =>
    undici.request(url, {
      method: "POST",
      // biome-ignore lint/correctness/useYield: it throws before.
      body: (async function* () {
        fail();
      })() as never,
    }),
  "undici: a connector that throws": async ({ url }) => {
    const dispatcher = new undici.Agent({ connect: fail });
    try {
      await undici.request(url, { dispatcher });
    } finally {
      await dispatcher.destroy();
    }
  },
  "undici: a stream without its factory": ({ url }) =>
    undici.stream(url, { method: "GET" }, fail as never),
  "undici: a client that is destroyed": async ({ url }) => {
    const client = new undici.Client(url);
    await client.destroy();
    await client.request({ method: "GET", path: "/" });
  },
};

function destroyAfter(sent: ClientRequest, work: (sent: ClientRequest) => unknown): void {
  try {
    work(sent);
  } finally {
    sent.on("error", () => {}).destroy();
  }
}

test.each(Object.entries(REQUESTS))("none stays in flight: %s", async (_name, send) => {
  for (let sent = 0; sent < 3; sent += 1) {
    try {
      const result = send(target);
      if (result instanceof Promise) await result;
      else if (typeof result === "object") (result as ClientRequest).on("error", () => {});
    } catch {
      // The program's own affair.
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  await nothingInFlight(registry);
  const counts = await readSamples(registry, "http_client_request_duration_seconds_count");
  const counted = counts.reduce((sum, { value }) => sum + value, 0);
  // Either each of them is counted, or none is.
  expect([0, 3]).toContain(counted);
});
