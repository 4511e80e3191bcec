import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { bearer } from "../../../src/http/page/authorize.ts";
import { send } from "../client.ts";
import type { Scenarios } from "../scenario.ts";

const BROKEN_JSON = { headers: { "content-type": "application/json" }, body: '{"a":' };

export const page: Scenarios = {
  "the page is read with GET and HEAD only": async (start) => {
    const server = await start();
    const head = await send(server, "/metrics", { method: "HEAD" });
    expect([head.status, head.body]).toEqual([200, ""]);
    expect(Number(head.headers["content-length"])).toBeGreaterThan(0);
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const body = method.startsWith("P") ? BROKEN_JSON : {};
      const { status, headers } = await send(server, "/metrics?a=b", { method, ...body });
      expect([method, status, headers.allow]).toEqual([method, 405, "GET, HEAD"]);
    }
    await server.counted({});
  },

  "who may not read the page is not told which methods it has": async (start) => {
    const server = await start({ authorize: bearer("a token") });
    for (const method of ["HEAD", "POST", "OPTIONS"]) {
      expect((await send(server, "/metrics", { method })).status).toBe(401);
    }
    await server.counted({});
  },

  "with the option live a browser gets a page, and everybody else what they got before": async (
    start,
  ) => {
    const server = await start({ live: true });
    const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
    const shown = await send(server, "/metrics", { headers: browser });
    expect([shown.status, shown.headers["content-type"]]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(shown.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(shown.headers["content-security-policy"]).not.toContain("unsafe");
    const accept = "application/vnd.narthex.live+json";
    const data = await send(server, "/metrics?live=index", { headers: { accept } });
    expect(JSON.parse(data.body)).toMatchObject({ http: { requests: "http_requests_total" } });
    await send(server, "/plain");
    const { slow } = JSON.parse(
      (await send(server, "/metrics?live=requests", { headers: { accept } })).body,
    );
    expect(slow).toMatchObject([{ method: "GET", route: "/plain", status: 200, outcome: "ok" }]);
    for (const headers of [{}, { accept: "*/*" }, { accept: "text/plain" }]) {
      const page = await send(server, "/metrics", { headers });
      expect(page.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    }
    await server.counted({ "GET /plain 200 ok": 1 });
  },

  "the live page is for those who may read the metrics": async (start) => {
    const server = await start({ live: true, authorize: bearer("a token") });
    for (const accept of ["text/html", "application/vnd.narthex.live+json"]) {
      const { status, body } = await send(server, "/metrics?live=index", { headers: { accept } });
      expect([accept, status, body]).toEqual([accept, 401, "Unauthorized.\n"]);
    }
    await server.counted({});
  },

  "httpMetrics twice, with the same options": async (start) => {
    const server = await start({}, {});
    await send(server, "/plain");
    expect((await send(server, "/metrics")).status).toBe(200);
    await server.counted({ "GET /plain 200 ok": 1 });
  },

  "httpMetrics twice: the newest options win, and each page stays": async (start) => {
    const server = await start({ exclude: ["/plain"] }, { exclude: ["/files/a"], path: "/own" });
    for (const path of ["/plain", "/files/a", "/plain"]) await send(server, path);
    for (const path of ["/metrics", "/own"]) {
      expect((await send(server, path)).status).toBe(200);
    }
    await server.counted({ "GET /plain 200 ok": 2 });
  },

  "requests that come by no socket": async (start) => {
    const server = await start();
    await server.inject("/plain");
    await server.inject("/missing");
    await server.inject("/metrics");
    await server.counted({ "GET /plain 200 ok": 1, "GET _unmatched 404 client_error": 1 });
  },

  "a page that comes after somebody else has answered": async (start) => {
    const server = await start();
    let collected = 0;
    server.registry.gauge({
      name: "slow",
      help: "Takes longer than the time-out.",
      collect: async () => {
        await sleep(50);
        collected += 1;
      },
    });
    server.server.prependListener("request", (_request, response) => {
      setTimeout(() => {
        if (!response.headersSent) response.writeHead(503).end("too late");
      }, 10);
    });
    const { status } = await send(server, "/metrics");
    expect([200, 503]).toContain(status);
    await expect.poll(() => collected).toBe(1);
    // The process goes on.
    expect((await send(server, "/plain")).status).toBe(200);
    await server.counted({ "GET /plain 200 ok": 1 });
  },
};
