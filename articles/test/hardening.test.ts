import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { gzipSync } from "node:zlib";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { buildApp } from "../src/app.ts";
import type { ArticleStore } from "../src/store/article-store.ts";
import { openApp } from "./open-app.ts";

const json = { "content-type": "application/json" };

test("every answer forbids to guess its type", async () => {
  const app = await openApp();
  for (const url of ["/", "/articles", "/nope", "/articles/%zz", "/metrics", "/docs", "/readyz"]) {
    const { headers } = await app.inject(url);
    expect(headers["x-content-type-options"], url).toBe("nosniff");
  }
});

test("an answer lets a browser load nothing, and the docs load what they consist of", async () => {
  const app = await openApp();
  for (const url of ["/articles", "/nope", "/metrics", "/readyz"]) {
    const { headers } = await app.inject(url);
    expect(headers["content-security-policy"], url).toBe(
      "default-src 'none';frame-ancestors 'none'",
    );
  }
  const { headers } = await app.inject("/docs");
  expect(headers["content-security-policy"]).toContain("script-src 'self'");
  // The service itself speaks plain HTTP.
  expect(headers["content-security-policy"]).not.toContain("upgrade-insecure-requests");
});

test.each(["gzip", "br", "deflate, gzip", "nonsense"])(
  "a body with Content-Encoding: %s is refused with 415",
  async (encoding) => {
    const app = await openApp();
    const payload = encoding === "gzip" ? gzipSync("{}") : `{"title":"a","body":"b"}`;
    const headers = { ...json, "content-encoding": encoding };
    const answer = await app.inject({ method: "POST", url: "/articles", headers, payload });
    expect(answer.statusCode).toBe(415);
    expect(answer.headers["accept-encoding"]).toBe("identity");
  },
);

test("a body that is encoded as itself is taken", async () => {
  const app = await openApp();
  const headers = { ...json, "content-encoding": "Identity" };
  const payload = `{"title":"a","body":"b"}`;
  const answer = await app.inject({ method: "POST", url: "/articles", headers, payload });
  expect(answer.statusCode).toBe(201);
});

test("with tokens, /metrics and /docs answer only who has them", async () => {
  const app = await buildApp({
    store: { pool: () => ({ size: 1, idle: 1, waiting: 0 }) } as ArticleStore,
    logger: pino({ level: "silent" }),
    trustProxy: false,
    metricsToken: "secret-1",
    docsToken: "secret-2",
  });
  onTestFinished(() => app.close());
  const ask = async (url: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    return (await app.inject({ url, headers })).statusCode;
  };
  expect(await ask("/metrics")).toBe(401);
  expect(await ask("/metrics", "Bearer secret-2")).toBe(401);
  expect(await ask("/metrics", "Bearer secret-1")).toBe(200);
  expect(await ask("/metrics", `Basic ${Buffer.from("metrics:secret-1").toString("base64")}`)).toBe(
    200,
  );
  for (const url of ["/docs", "/docs/json", "/docs/yaml", "/docs/static/index.css"]) {
    for (const wrong of [undefined, "Bearer secret-1", "Basic secret-2", "Bearer", "nonsense"]) {
      expect(await ask(url, wrong), `${url} ${wrong}`).toBe(401);
    }
    expect(await ask(url, "Bearer secret-2")).toBe(200);
    expect(await ask(url, `Basic ${Buffer.from("any:secret-2").toString("base64")}`)).toBe(200);
  }
  expect(await ask("/")).toBe(200);
});

test("what is no address in X-Forwarded-For becomes no label", async () => {
  const app = await buildApp({
    store: {} as ArticleStore,
    logger: pino({ level: "silent" }),
    trustProxy: true,
  });
  onTestFinished(() => app.close());
  for (const text of ["x".repeat(8_000), "not-an-address", `fe80::1%${"zone".repeat(50)}`]) {
    await app.inject({ url: "/", headers: { "x-forwarded-for": text } });
  }
  await app.inject({ url: "/", headers: { "x-forwarded-for": "2001:db8::7" } });
  const { body } = await app.inject("/metrics");
  expect(body).toContain('ip="2001:db8::7"');
  expect(body).not.toMatch(/xxx|not-an-address|zone/);
});

test("requests of one connection are handled one after the other, and answered in order", async () => {
  let atOnce = 0;
  let most = 0;
  const get = async (id: string) => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 2));
    atOnce--;
    return { id, title: id, body: "", createdAt: "", updatedAt: "" };
  };
  const { send } = await listen({ get } as ArticleStore);
  const ids = Array.from({ length: 30 }, (_, n) => `01890000-0000-7000-8000-0000000000${n + 10}`);
  const requests = ids.map((id) => `GET /articles/${id} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
  const received = await send(`${requests}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(most).toBe(1);
  expect([...received.matchAll(/"title":"([^"]+)"/g)].map(([, id]) => id)).toEqual(ids);
  expect(received).toMatch(/Hello, World!$/);
});

test("what can't be parsed behind a request is refused after that request is answered", async () => {
  const add = async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { id: "1", title: "stored", body: "", createdAt: "", updatedAt: "" };
  };
  const { send } = await listen({ add } as unknown as ArticleStore);
  const body = `{"title":"stored","body":""}`;
  const head = `POST /articles HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`;
  const received = await send(
    `${head}Content-Length: ${body.length}\r\n\r\n${body}GARBAGE\r\n\r\n`,
  );
  expect(received).toMatch(/^HTTP\/1\.1 201 /);
  expect(received).toMatch(/\}HTTP\/1\.1 400 /);
});

test("bodies that arrive slowly take bounded memory: those past it get 503", async () => {
  const { port } = await listen({} as ArticleStore);
  const size = 900_000;
  const head = `POST /articles HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`;
  const statuses: string[] = [];
  const sockets = Array.from({ length: 90 }, () => {
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    socket.on("data", (text) => statuses.push(String(text).slice(0, 12)));
    socket.on("error", () => {});
    socket.write(head + "x".repeat(size - 1));
    return socket;
  });
  try {
    // 64 MiB hold 74 of them.
    await expect.poll(() => statuses.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(10);
    expect(new Set(statuses)).toEqual(new Set(["HTTP/1.1 503"]));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

async function listen(store: ArticleStore) {
  const app = await openApp(store);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  /** Sends bytes, and returns all that comes until the connection ends. */
  const send = async (bytes: string) => {
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    let received = "";
    socket.on("data", (text) => {
      received += text;
    });
    socket.write(bytes);
    await once(socket, "close");
    return received;
  };
  return { port, send };
}
