import { once } from "node:events";
import {
  Agent,
  type ClientRequest,
  get,
  type IncomingMessage,
  type RequestOptions,
  request,
} from "node:http";
import { Agent as SecureAgent, get as secureGet } from "node:https";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Counted, expectCounted } from "../../../test/outgoing/counted.ts";
import { closedPort, startTarget, type Target } from "../../../test/outgoing/target.ts";
import { selfSigned } from "../../../test/self-signed.ts";
import { Registry } from "../../registry/registry.ts";
import { readSamples, readValue } from "../../testing/index.ts";
import { measureOutgoing } from "./measure-outgoing.ts";

let registry: Registry;
let target: Target;
beforeEach(async () => {
  registry = new Registry();
  onTestFinished(measureOutgoing({ registry }));
  target = await startTarget();
});

function to(path: string, options: RequestOptions = {}): RequestOptions {
  return { host: "127.0.0.1", port: target.port, path, ...options };
}

/** Waits for the last event of a request, whose response is read. */
async function closed(sent: ClientRequest): Promise<void> {
  sent.on("error", () => {});
  sent.on("response", (response) => response.on("error", () => {}).resume());
  await new Promise((resolve) => sent.on("close", resolve));
}

async function inFlight(): Promise<number> {
  const samples = await readSamples(registry, "http_client_requests_in_flight");
  return samples.reduce((sum, { value }) => sum + value, 0);
}

describe("a response", () => {
  test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])(
    "to %s",
    async (method) => {
      await closed(request(to("/ok", { method })).end());
      await expectCounted(registry, target, { requests: { [`${method} 200`]: 1 } });
    },
  );

  test("to a method that is not known", async () => {
    await closed(request(to("/ok", { method: "PURGE" })).end());
    await closed(request(to("/ok", { method: "PROPFIND" })).end());
    await expectCounted(registry, target, { requests: { "_other 200": 2 } });
  });

  test("of any status is no failure", async () => {
    for (const path of ["/ok", "/created", "/redirect", "/missing", "/busy", "/hints"]) {
      await closed(get(to(path)));
    }
    const requests = { "GET 200": 2, "GET 201": 1, "GET 302": 1, "GET 404": 1, "GET 503": 1 };
    await expectCounted(registry, target, { requests });
  });

  test("on a connection that is used again", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    await Promise.all(Array.from({ length: 20 }, () => closed(get(to("/ok", { agent })))));
    await expectCounted(registry, target, { requests: { "GET 200": 20 } });
    expect(target.received()).toBe(20);
  });

  test("nobody listens for", async () => {
    await once(get(to("/ok")), "close");
    await expectCounted(registry, target, { requests: { "GET 200": 1 } });
  });

  test("nobody reads is under way until its connection is gone", async () => {
    const agent = new Agent({ keepAlive: true });
    const sent = get(to("/ok", { agent }), () => {});
    await once(sent, "response");
    await sleep(20);
    expect(await inFlight()).toBe(1);
    agent.destroy();
    await expectCounted(registry, target, { requests: { "GET 200": 1 } });
  });

  test("that comes before the request was sent", async () => {
    const sent = request(to("/refuse-body", { method: "POST" }));
    sent.write("a part");
    sent.on("response", () => sent.end("the rest"));
    await closed(sent);
    await expectCounted(registry, target, { requests: { "POST 413": 1 } });
  });
});

describe("the duration", () => {
  async function seconds(): Promise<number> {
    const name = "http_client_request_duration_seconds_sum";
    return (await readValue(registry, name)) ?? Number.NaN;
  }

  test("begins with the request, before its body is sent", async () => {
    const sent = request(to("/read", { method: "POST" }));
    sent.write("a part");
    await sleep(200);
    await closed(sent.end("the rest"));
    expect(await seconds()).toBeGreaterThan(0.15);
  });

  test("has the time that the request waits for a connection", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const first = get(to("/endless", { agent }));
    const second = closed(get(to("/created", { agent })));
    await sleep(200);
    first.on("error", () => {}).destroy();
    await second;
    const name = "http_client_request_duration_seconds_sum";
    expect(await readValue(registry, name, { status_code: 201 })).toBeGreaterThan(0.15);
  });

  test("ends with the response", async () => {
    const sent = get(to("/endless"));
    const [response]: IncomingMessage[] = await once(sent, "response");
    await sleep(200);
    response?.destroy();
    await once(sent, "close");
    expect(await seconds()).toBeGreaterThan(0.15);
  });
});

describe("a failure", () => {
  test("to connect", async () => {
    const port = await closedPort();
    await closed(get({ host: "127.0.0.1", port }));
    await closed(request({ host: "127.0.0.1", port, method: "POST" }));
    await expectCounted(
      registry,
      { host: `127.0.0.1:${port}` },
      {
        requests: { "GET error": 1, "POST error": 1 },
        errors: { "GET ECONNREFUSED": 1, "POST ECONNREFUSED": 1 },
      },
    );
  });

  test("to resolve the name", async () => {
    const error = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
    const lookup: RequestOptions["lookup"] = (_name, _options, done) => done(error, "", 4);
    await closed(get({ host: "Example.INVALID", lookup }));
    await expectCounted(
      registry,
      { host: "example.invalid" },
      { requests: { "GET error": 1 }, errors: { "GET ENOTFOUND": 1 } },
    );
  });

  const failed = (error: string, status = "error"): Counted => ({
    requests: { [`GET ${status}`]: 1 },
    errors: { [`GET ${error}`]: 1 },
  });

  test("of a server that hangs up", async () => {
    await closed(get(to("/die")));
    await expectCounted(registry, target, failed("ECONNRESET"));
  });

  test("of a server that hangs up after early hints", async () => {
    await closed(get(to("/hint-and-die")));
    await expectCounted(registry, target, failed("ECONNRESET"));
  });

  test("of a server that hangs up in the middle of the body", async () => {
    await closed(get(to("/cut")));
    await expectCounted(registry, target, failed("ECONNRESET", "200"));
  });

  test("to understand the response", async () => {
    await closed(get(to("/nonsense")));
    await expectCounted(registry, target, failed("HPE_INVALID_STATUS"));
  });

  test("by a signal, before the headers and after them", async () => {
    await closed(get(to("/hang", { signal: AbortSignal.timeout(20) })));
    const controller = new AbortController();
    const sent = get(to("/endless", { signal: controller.signal }));
    sent.on("response", () => controller.abort());
    await closed(sent);
    await expectCounted(registry, target, {
      requests: { "GET error": 1, "GET 200": 1 },
      errors: { "GET timeout": 1, "GET aborted": 1 },
    });
  });

  test.each<[string, (sent: ClientRequest) => unknown]>([
    ["destroy", (sent) => sent.destroy()],
    ["abort", (sent) => sent.abort()],
  ])("by %s, at once or later", async (_, giveUp) => {
    const atOnce = get(to("/hang"));
    giveUp(atOnce);
    await closed(atOnce);
    const unsent = request(to("/hang", { method: "POST" }));
    setTimeout(() => giveUp(unsent), 20);
    await closed(unsent);
    const later = get(to("/hang"));
    setTimeout(() => giveUp(later), 20);
    await closed(later);
    await expectCounted(registry, target, {
      requests: { "GET error": 2, "POST error": 1 },
      errors: { "GET aborted": 2, "POST aborted": 1 },
    });
  });

  test("by a program that stops reading", async () => {
    const sent = get(to("/endless"));
    const [response]: IncomingMessage[] = await once(sent, "response");
    response?.destroy();
    await closed(sent);
    await expectCounted(registry, target, failed("aborted", "200"));
  });

  test("by an error of the program's own", async () => {
    const sent = get(to("/hang"));
    setTimeout(() => sent.destroy(Object.assign(new Error("mine"), { code: "USER_42" })), 20);
    await closed(sent);
    await expectCounted(registry, target, failed("_other"));
  });
});

describe("a connection that is handed over", () => {
  const headers = { connection: "upgrade", upgrade: "echo" };

  test("ends the request with the upgrade", async () => {
    const [response, socket] = (await once(get(to("/", { headers })), "upgrade")) as [
      IncomingMessage,
      Duplex,
    ];
    await expectCounted(registry, target, { requests: { "GET 101": 1 } });
    expect(response.statusCode).toBe(101);
    socket.write("still open");
    expect(String((await once(socket, "data"))[0])).toBe("still open");
    socket.destroy();
  });

  test("is refused", async () => {
    await closed(get(to("/", { headers: { connection: "upgrade", upgrade: "unknown" } })));
    await expectCounted(registry, target, { requests: { "GET 426": 1 } });
  });

  test("carries other requests as a tunnel", async () => {
    const sent = request(to(target.host, { method: "CONNECT" })).end();
    const [, socket] = (await once(sent, "connect")) as [IncomingMessage, Duplex];
    await closed(get(to("/ok", { agent: false, createConnection: () => socket })));
    await expectCounted(registry, target, { requests: { "CONNECT 200": 1, "GET 200": 1 } });
  });
});

describe("a client of its own kind", () => {
  test("that connects without an agent", async () => {
    const createConnection = () => connect(target.port, "127.0.0.1");
    await closed(get(to("/ok", { createConnection })));
    await expectCounted(registry, target, { requests: { "GET 200": 1 } });
  });

  test("whose agent only hands out connections", async () => {
    const agent = {
      protocol: "http:",
      addRequest: (sent: ClientRequest) => sent.onSocket(connect(target.port, "127.0.0.1")),
    };
    await closed(get(to("/ok", { agent: agent as unknown as Agent })));
    await expectCounted(registry, target, { requests: { "GET 200": 1 } });
  });
});

describe("the host", () => {
  async function hosts(): Promise<unknown[]> {
    const samples = await readSamples(registry, "http_client_requests_in_flight");
    return samples.map(({ labels }) => labels.host);
  }

  test("is where the request is sent, whatever its header says", async () => {
    await closed(get(to("/ok", { headers: { Host: "random-1.example" } })));
    await closed(get(to("/ok", { headers: { Host: "random-2.example" } })));
    expect(await hosts()).toEqual(["127.0.0.1"]);
  });

  test("has no default port, and lower case", async () => {
    const agent = new Agent();
    agent.createConnection = () => connect(target.port, "127.0.0.1");
    for (const [host, port] of [
      ["Example.COM", 80],
      ["example.com", 8080],
      ["::1", 80],
      ["::1", 81],
    ] as const) {
      await closed(get({ host, port, path: "/ok", agent }));
    }
    expect(await hosts()).toEqual(["example.com", "example.com:8080", "[::1]", "[::1]:81"]);
  });
});

describe("https", () => {
  test("is measured, also where the certificate is refused", async () => {
    const { key, cert } = selfSigned();
    const secure = await startTarget({ key, cert });
    const options = { host: "127.0.0.1", port: secure.port, path: "/ok" };
    const agent = new SecureAgent({ keepAlive: true, ca: cert });
    onTestFinished(() => agent.destroy());
    await closed(secureGet({ ...options, agent }));
    await closed(secureGet({ ...options, agent }));
    await closed(secureGet({ ...options, agent: false }));
    await expectCounted(registry, secure, {
      requests: { "GET 200": 2, "GET error": 1 },
      errors: { "GET DEPTH_ZERO_SELF_SIGNED_CERT": 1 },
    });
  });

  test("to a server that speaks http", async () => {
    await closed(secureGet({ host: "127.0.0.1", port: target.port }));
    await expectCounted(registry, target, {
      requests: { "GET error": 1 },
      errors: { "GET EPROTO": 1 },
    });
  });
});
