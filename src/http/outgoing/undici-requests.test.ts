import { EventEmitter, once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import {
  Agent,
  Client,
  fetch,
  Pool,
  ProxyAgent,
  pipeline,
  RetryAgent,
  request,
  stream,
  upgrade,
} from "undici";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Counted, expectCounted } from "../../../test/outgoing/counted.ts";
import { describeFetch } from "../../../test/outgoing/fetch-scenarios.ts";
import { startTarget, type Target } from "../../../test/outgoing/target.ts";
import { selfSigned } from "../../../test/self-signed.ts";
import { Registry } from "../../registry/registry.ts";
import { measureOutgoing } from "./measure-outgoing.ts";

describeFetch("undici's fetch", fetch as Parameters<typeof describeFetch>[1]);

describe("undici", () => {
  let registry: Registry;
  let target: Target;
  beforeEach(async () => {
    registry = new Registry();
    onTestFinished(measureOutgoing({ registry }));
    target = await startTarget();
  });

  const counted = (expected: Counted) => expectCounted(registry, target, expected);

  test("request", async () => {
    const { body } = await request(`${target.url}/ok`);
    await body.text();
    await counted({ requests: { "GET 200": 1 } });
  });

  test("request whose body is destroyed", async () => {
    const { body } = await request(`${target.url}/endless`);
    body.on("error", () => {}).destroy();
    await counted({ requests: { "GET 200": 1 }, errors: { "GET aborted": 1 } });
  });

  test("request that is given up by a signal, or by an emitter", async () => {
    const url = `${target.url}/hang`;
    await expect(request(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    const signal = new EventEmitter();
    setTimeout(() => signal.emit("abort"), 20);
    await expect(request(url, { signal })).rejects.toThrow();
    await counted({
      requests: { "GET error": 2 },
      errors: { "GET timeout": 1, "GET aborted": 1 },
    });
  });

  test("request that waits too long, for the headers or for the body", async () => {
    await expect(request(`${target.url}/hang`, { headersTimeout: 100 })).rejects.toThrow();
    const { body } = await request(`${target.url}/endless`, { bodyTimeout: 100 });
    await expect(body.text()).rejects.toThrow();
    await counted({
      requests: { "GET error": 1, "GET 200": 1 },
      errors: { "GET UND_ERR_HEADERS_TIMEOUT": 1, "GET UND_ERR_BODY_TIMEOUT": 1 },
    });
  });

  test("stream", async () => {
    await stream(`${target.url}/ok`, { method: "GET" }, () => new PassThrough().resume());
    await counted({ requests: { "GET 200": 1 } });
  });

  test("stream into something that fails", async () => {
    const failing = () =>
      new Writable({ write: (_chunk, _encoding, done) => done(new Error("full")) });
    const streaming = stream(`${target.url}/big`, { method: "GET" }, failing);
    await expect(streaming).rejects.toThrow("full");
    await counted({ requests: { "GET 200": 1 }, errors: { "GET aborted": 1 } });
  });

  test("pipeline", async () => {
    const sent = pipeline(`${target.url}/read`, { method: "POST" }, ({ body }) => body);
    await finished(sent.end("a body").resume());
    await counted({ requests: { "POST 200": 1 } });
  });

  test("upgrade", async () => {
    const { socket } = await upgrade(`${target.url}/`, { protocol: "echo" });
    await counted({ requests: { "GET 101": 1 } });
    socket.write("still open");
    expect(String((await once(socket, "data"))[0])).toBe("still open");
    socket.destroy();
  });

  test("upgrade that is refused", async () => {
    await expect(upgrade(`${target.url}/`, { protocol: "unknown" })).rejects.toThrow();
    await counted({ requests: { "GET 426": 1 }, errors: { "GET UND_ERR_SOCKET": 1 } });
  });

  test("connect", async () => {
    const client = new Client(target.url);
    onTestFinished(() => client.destroy());
    const { socket } = await client.connect({ path: target.host });
    socket.on("error", () => {}).destroy();
    await counted({ requests: { "CONNECT 200": 1 } });
  });

  test("request through a proxy, which is asked for a tunnel", async () => {
    const proxy = await startTarget();
    const dispatcher = new ProxyAgent(proxy.url.replace("//", "//user:password@"));
    onTestFinished(() => dispatcher.destroy());
    for (let i = 0; i < 2; i += 1) {
      await (await request(`${target.url}/ok`, { dispatcher })).body.text();
    }
    await counted({ requests: { "GET 200": 2 } });
    await expectCounted(registry, proxy, { requests: { "CONNECT 200": proxy.received() } });
  });

  test("request that is sent again", async () => {
    const options = { maxRetries: 2, minTimeout: 1, statusCodes: [503] };
    const dispatcher = new RetryAgent(new Agent(), options);
    onTestFinished(() => dispatcher.destroy());
    await expect(request(`${target.url}/busy`, { dispatcher })).rejects.toThrow();
    await counted({ requests: { "GET 503": 3 } });
    expect(target.received()).toBe(3);
  });

  test("requests that share a connection, one after the other or pipelined", async () => {
    for (const pipelining of [1, 5]) {
      const pool = new Pool(target.url, { connections: 1, pipelining });
      onTestFinished(() => pool.destroy());
      const asked = Array.from({ length: 20 }, async () => {
        const { body } = await pool.request({ path: "/ok", method: "GET" });
        await body.text();
      });
      await Promise.all(asked);
    }
    await counted({ requests: { "GET 200": 40 } });
    expect(target.received()).toBe(40);
  });

  test("requests of a client that is destroyed", async () => {
    const client = new Client(target.url);
    const asked = ["/hang", "/ok"].map((path) => client.request({ path, method: "GET" }));
    const failed = Promise.all(asked.map((each) => expect(each).rejects.toThrow("destroyed")));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await client.destroy();
    await failed;
    await counted({ requests: { "GET error": 2 }, errors: { "GET UND_ERR_DESTROYED": 2 } });
  });

  test.each([false, true])("over https, with HTTP/2: %s", async (allowH2) => {
    const { key, cert } = selfSigned();
    const secure = await startTarget({ key, cert });
    const trusting = new Agent({ connect: { ca: cert }, allowH2 });
    const wary = new Agent({ allowH2 });
    onTestFinished(async () => {
      await Promise.all([trusting.destroy(), wary.destroy()]);
    });
    await (await request(`${secure.url}/ok`, { dispatcher: trusting })).body.text();
    await expect(request(`${secure.url}/ok`, { dispatcher: wary })).rejects.toThrow();
    await expectCounted(registry, secure, {
      requests: { "GET 200": 1, "GET error": 1 },
      errors: { "GET DEPTH_ZERO_SELF_SIGNED_CERT": 1 },
    });
  });
});
