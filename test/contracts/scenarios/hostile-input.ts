import { expect } from "vitest";
import { outcomeOfStatus } from "../../../src/http/request/outcome.ts";
import { send } from "../client.ts";
import { connectRaw, request } from "../raw-connection.ts";
import type { Scenarios, Start } from "../scenario.ts";

const REJECTED = { "_other _unmatched 400 rejected": 1 };
const SECRET = "s3cr3t-9f2c";

export const hostileInput: Scenarios = {
  "garbage before any good request": async (start) => {
    const server = await start();
    expect(await exchange(server, "\x16\x03\x01 no HTTP at all\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 400 /,
    );
    // A middleware knows of its server when the first request comes through.
    await send(server, "/plain");
    await server.counted({ "GET /plain 200 ok": 1, ...REJECTED });
  },

  "garbage after a good request on the same connection": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(request("GET /plain"));
    await connection.until("plain text\n");
    connection.send("garbage\r\n\r\n");
    await connection.closed;
    await server.counted({ "GET /plain 200 ok": 1, ...REJECTED });
  },

  "garbage behind a request that is not answered yet": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(`${request("GET /silent")}garbage\r\n\r\n`);
    await connection.closed;
    await server.counted({ "GET /silent 499 aborted": 1, ...REJECTED });
  },

  "half a head": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send("GET /plain HTTP/1.1\r\nHost:");
    await connection.finish();
    expect(connection.received).toMatch(/^HTTP\/1\.1 400 /);
    await send(server, "/plain");
    await server.counted({ "GET /plain 200 ok": 1, ...REJECTED });
  },

  "a request without a host": (start) =>
    unseen(start, "GET /plain HTTP/1.1\r\n\r\n", "GET _unmatched 400 client_error"),
  "an unknown expectation": (start) =>
    unseen(
      start,
      request("GET /plain", { expect: "a miracle", connection: "close" }),
      "GET _unmatched 417 client_error",
    ),
  "headers that are too long": (start) =>
    unseen(
      start,
      request("GET /plain", { "x-long": "x".repeat(20_000) }),
      "_other _unmatched 431 rejected",
    ),
  "a tunnel that nobody opens": (start) =>
    unseen(start, request("CONNECT evil:443"), "_other _unmatched 499 aborted"),

  "a request of HTTP/1.0": async (start) => {
    const server = await start();
    expect(await exchange(server, "GET /plain HTTP/1.0\r\n\r\n")).toMatch(/plain text\n$/);
    await server.counted({ "GET /plain 200 ok": 1 });
  },

  "an expectation that is met": async (start) => {
    const server = await start();
    const received = await exchange(
      server,
      request(
        "POST /upload",
        {
          "content-type": "application/octet-stream",
          "content-length": 4,
          connection: "close",
          expect: "100-continue",
        },
        "body",
      ),
    );
    expect(received).toMatch(/^HTTP\/1\.1 100 .*\r\n\r\nHTTP\/1\.1 200 /s);
    await server.counted({ "POST /upload 200 ok": 1 });
  },

  "a path of 8,000 characters": (start) => strangePath(start, `/${"long".repeat(2_000)}`),
  "8,000 characters in a parameter": (start) =>
    strangePath(start, `/api/v1/users/${"long".repeat(2_000)}/posts/1`),
  "a path that cannot be decoded": (start) => strangePath(start, "/%zz"),
  "a parameter that cannot be decoded": (start) =>
    strangePath(start, "/api/v1/users/%E0%A4%A/posts/1"),
  "a path that climbs": (start) => strangePath(start, "/../../files/../etc/passwd"),
  "a path of slashes": (start) => strangePath(start, "//evil//plain"),
  "a whole URL as the path": (start) => strangePath(start, "http://evil/plain"),

  "broken JSON": async (start) => {
    const server = await start();
    const headers = { "content-type": "application/json" };
    const good = await send(server, "/echo", { method: "POST", headers, body: '{"a":1}' });
    expect(JSON.parse(good.body)).toEqual({ a: 1 });
    const { status } = await send(server, "/echo", { method: "POST", headers, body: '{"a":' });
    expect(outcomeOfStatus(status)).toBe("client_error");
    await server.counted({
      "POST /echo 200 ok": 1,
      [`POST /echo ${status} client_error`]: 1,
    });
  },

  "secrets of requests are nowhere in the page": async (start) => {
    const server = await start();
    const headers = { authorization: `Bearer ${SECRET}`, cookie: SECRET, [SECRET]: SECRET };
    await send(server, `/plain?token=${SECRET}`, { headers });
    await send(server, `/api/v1/users/${SECRET}/posts/${SECRET}?${SECRET}`, { headers });
    await send(server, `/${SECRET}?token=${SECRET}`, { headers });
    await exchange(server, `${SECRET} /plain?token=${SECRET} HTTP/1.1\r\n\r\n`);
    await server.countedInAll(4);
    const { body } = await send(server, `/metrics?token=${SECRET}`, { headers });
    expect(body).toContain("http_requests_total{");
    expect(body).not.toContain(SECRET);
  },
};

/** Sends bytes, and gives what comes back until the server closes the connection. */
async function exchange(server: { readonly port: number }, bytes: string): Promise<string> {
  const connection = await connectRaw(server);
  connection.send(bytes);
  await connection.closed;
  return connection.received;
}

/** What Node answers or drops without asking a handler. */
async function unseen(start: Start, bytes: string, row: string): Promise<void> {
  const server = await start();
  await send(server, "/plain");
  const received = await exchange(server, bytes);
  const [, , status] = row.split(" ");
  if (received !== "") expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  await server.counted({ "GET /plain 200 ok": 1, [row]: 1 });
}

/** A framework may take such a path for one of its routes or not: it is never a route itself. */
async function strangePath(start: Start, path: string): Promise<void> {
  const server = await start();
  const { status } = await send(server, path);
  const { user, wildcard } = server.templates;
  const rows = [user, wildcard, "/plain", "_unmatched"].map(
    (route) => `GET ${route} ${status} ${outcomeOfStatus(status)}`,
  );
  const [row] = Object.keys(await server.countedInAll(1));
  expect(rows).toContain(row);
}
