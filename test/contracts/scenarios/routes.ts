import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { PLAIN } from "../bodies.ts";
import { keepAliveAgent, send } from "../client.ts";
import type { Scenarios } from "../scenario.ts";

const SCANNED = 2_000;

export const routes: Scenarios = {
  "a request is counted under its route": async (start) => {
    const server = await start();
    const answer = await send(server, "/plain");
    expect(answer.body).toBe(PLAIN);
    expect(answer.headers["content-length"]).toBe(String(PLAIN.length));
    await server.counted({ "GET /plain 200 ok": 1 });
  },

  "nested routers give their whole template": async (start) => {
    const server = await start();
    for (const user of ["ada", "bob"]) {
      expect((await send(server, `/api/v1/users/${user}/posts/7`)).body).toBe(`${user} 7`);
    }
    await server.counted({ [`GET ${server.templates.user} 200 ok`]: 2 });
  },

  "an error inside nested routers is counted under their whole template": async (start) => {
    const server = await start();
    expect((await send(server, "/api/v1/users/ada/broken")).status).toBe(500);
    await server.counted({ [`GET ${server.templates.broken} 500 server_error`]: 1 });
  },

  "a wildcard is one route": async (start) => {
    const server = await start();
    for (const file of ["a.txt", "b/c/d.txt"]) await send(server, `/files/${file}`);
    await server.counted({ [`GET ${server.templates.wildcard} 200 ok`]: 2 });
  },

  "a handler that throws": async (start) => {
    const server = await start();
    expect((await send(server, "/throws")).status).toBe(500);
    await server.counted({ "GET /throws 500 server_error": 1 });
  },

  "a handler whose promise is rejected": async (start) => {
    const server = await start();
    expect((await send(server, "/rejects")).status).toBe(500);
    await server.counted({ "GET /rejects 500 server_error": 1 });
  },

  "a scan of 2,000 random paths adds one route, and all of it is counted": async (start) => {
    const server = await start();
    const agent = keepAliveAgent(8);
    const beginnings = ["", "/plain", "/api/v1", "/api/v1/users/ada", "/metrics"];
    const paths = Array.from(
      { length: SCANNED },
      (_, at) => `${beginnings[at % beginnings.length]}/${randomBytes(8).toString("hex")}`,
    );
    await Promise.all(
      paths.map(async (path) => expect((await send(server, path, { agent })).status).toBe(404)),
    );
    await server.counted({ "GET _unmatched 404 client_error": SCANNED });
  },

  "the metrics page is served, and is no request of the application's": async (start) => {
    const server = await start();
    await send(server, "/plain");
    const page = await server.counted({ "GET /plain 200 ok": 1 });
    for (const path of ["/metrics", "/metrics?a=b"]) {
      const answer = await send(server, path);
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
      expect(answer.body).toContain('http_requests_total{method="GET",route="/plain"');
      expect(answer.body).toContain("\nhttp_requests_in_flight 0\n");
    }
    const head = await send(server, "/metrics", { method: "HEAD" });
    expect([head.status, head.body]).toEqual([200, ""]);
    expect((await server.page()).families.keys()).toEqual(page.families.keys());
    await server.counted({ "GET /plain 200 ok": 1 });
  },
};
