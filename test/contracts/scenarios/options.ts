import { expect } from "vitest";
import { bearer } from "../../../src/http/page/authorize.ts";
import { PLAIN } from "../bodies.ts";
import { send } from "../client.ts";
import type { Scenarios } from "../scenario.ts";

export const options: Scenarios = {
  "exclude leaves requests out": async (start) => {
    const server = await start({ exclude: ["/plain"] });
    for (const path of ["/plain", "/plain?a=b", "/files/a"]) await send(server, path);
    await server.counted({ [`GET ${server.templates.wildcard} 200 ok`]: 1 });
  },

  "path: false serves no metrics": async (start) => {
    const server = await start({ path: false });
    expect((await send(server, "/metrics")).status).toBe(404);
    await server.counted({ "GET _unmatched 404 client_error": 1 });
  },

  "another path serves them": async (start) => {
    const server = await start({ path: "/internal/metrics" });
    expect((await send(server, "/internal/metrics")).status).toBe(200);
    expect((await send(server, "/metrics")).status).toBe(404);
    await server.counted({ "GET _unmatched 404 client_error": 1 });
  },

  "authorize guards them": async (start) => {
    const server = await start({ authorize: bearer("a token") });
    const refused = await send(server, "/metrics");
    expect([refused.status, refused.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
    expect(refused.body).not.toContain("http_requests");
    const headers = { authorization: "Bearer a token" };
    const { status, body } = await send(server, "/metrics", { headers });
    expect(status).toBe(200);
    expect(body).toContain("http_requests_in_flight");
    await server.counted({});
  },

  "scrapes are measured where that is asked for": async (start) => {
    const server = await start({ measureScrapes: true });
    await send(server, "/metrics");
    await server.counted({ "GET /metrics 200 ok": 1 });
  },

  "labels of one's own": async (start) => {
    const server = await start({ labels: { tenant: (request) => request.header("x-tenant") } });
    await send(server, "/plain", { headers: { "x-tenant": "a" } });
    const page = await server.counted({ "GET /plain 200 ok": 1 });
    const labels = { method: "GET", route: "/plain", status_code: "200", outcome: "ok" };
    expect(page.value("http_requests_total", { ...labels, tenant: "a" })).toBe(1);
  },

  "sizes of bodies": async (start) => {
    const server = await start({ metrics: { requestSize: true, responseSize: true } });
    const headers = { "content-type": "application/octet-stream" };
    const body = new Uint8Array(100_000);
    expect((await send(server, "/upload", { method: "POST", headers, body })).body).toBe("100000");
    await send(server, "/plain");
    await send(server, "/plain", { method: "HEAD" });
    await send(server, "/stream");
    const page = await server.countedInAll(4).then(() => server.page());
    const sizes = (metric: string) =>
      page.samples
        .filter(({ name }) => name === `http_${metric}_size_bytes_sum`)
        .map(({ labels, value }) => `${labels.method} ${labels.route} ${value}`)
        .sort();
    expect(sizes("request")).toEqual([
      "GET /plain 0",
      "GET /stream 0",
      "HEAD /plain 0",
      "POST /upload 100000",
    ]);
    expect(sizes("response")).toEqual([
      `GET /plain ${PLAIN.length}`,
      `GET /stream ${"piece 1\n".length * 6}`,
      "HEAD /plain 0",
      "POST /upload 6",
    ]);
  },
};
