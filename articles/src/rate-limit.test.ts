import { expect, test } from "vitest";
import { openApp } from "../test/open-app.ts";
import type { AppOptions } from "./app.ts";

async function open(options: Partial<AppOptions>) {
  const app = await openApp(undefined, { trustProxy: true, ...options });
  const ask = (url: string, from?: string) =>
    app.inject({ url, headers: from === undefined ? {} : { "x-forwarded-for": from } });
  /** How many of so many requests got each status. */
  const statuses = async (count: number, url: string, from?: string) => {
    const counts: Record<number, number> = {};
    for (let n = 0; n < count; n++) {
      const { statusCode } = await ask(url, from);
      counts[statusCode] = (counts[statusCode] ?? 0) + 1;
    }
    return counts;
  };
  return { app, ask, statuses };
}

test("refuses what one client sends past the limit, with a problem that says when to come again", async () => {
  const { ask, statuses } = await open({ rateLimit: 3 });
  expect(await statuses(3, "/", "192.0.2.1")).toEqual({ 200: 3 });
  const refused = await ask("/articles", "192.0.2.1");
  expect(refused.statusCode).toBe(429);
  expect(refused.headers["content-type"]).toContain("application/problem+json");
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(refused.json()).toMatchObject({ status: 429, title: "Too Many Requests" });
  expect(refused.json().detail).toContain("try again in");
});

test("counts each client by itself, behind a proxy, too; a network of IPv6 is one", async () => {
  const { statuses } = await open({ rateLimit: 3 });
  expect(await statuses(4, "/", "192.0.2.1")).toEqual({ 200: 3, 429: 1 });
  expect(await statuses(3, "/", "192.0.2.2")).toEqual({ 200: 3 });
  expect(await statuses(2, "/", "2001:db8::1")).toEqual({ 200: 2 });
  expect(await statuses(2, "/", "2001:db8::2")).toEqual({ 200: 1, 429: 1 });
});

test("text that is no address in X-Forwarded-For gets no count of its own", async () => {
  const { ask, statuses } = await open({ rateLimit: 3 });
  for (const text of ["a", "b", "c"]) await ask("/", text);
  expect(await statuses(1, "/", "d")).toEqual({ 429: 1 });
});

test("paths without a route count, too", async () => {
  const { statuses } = await open({ rateLimit: 3 });
  expect(await statuses(5, "/nope", "192.0.2.1")).toEqual({ 404: 3, 429: 2 });
});

test("Prometheus and probes are never refused", async () => {
  const { statuses } = await open({ rateLimit: 1 });
  await statuses(2, "/", "192.0.2.1");
  for (const url of ["/metrics", "/healthz", "/readyz"]) {
    expect(await statuses(5, url, "192.0.2.1"), url).toEqual({ 200: 5 });
  }
});

test("a refused request is counted like any other", async () => {
  const { app } = await open({ rateLimit: 2 });
  const from = "198.51.100.9";
  for (let n = 0; n < 5; n++) {
    await app.inject({ method: "PUT", url: "/nope", headers: { "x-forwarded-for": from } });
  }
  const { body } = await app.inject("/metrics");
  const lab = `http_request_count_total{method="PUT",endpoint="_unmatched",ip="${from}"} 5\n`;
  expect(body).toContain(lab);
  expect(body).toMatch(
    /http_requests_total\{method="PUT",route="_unmatched",status_code="429".*\} 3\n/,
  );
});

test.each([
  ["by default, a client of another machine", undefined, "192.0.2.1", "6000"],
  ["by default, a client of this machine", undefined, "127.0.0.1", undefined],
  ["by default, a client of this machine by IPv6", undefined, "::1", undefined],
  ["with a limit, a client of this machine", 3, "127.0.0.1", "3"],
  ["with 0, a client of another machine", 0, "192.0.2.1", undefined],
] as const)("%s: RATE_LIMIT is %s, and %s has the limit %s", async (_, rateLimit, from, limit) => {
  const { ask } = await open({ rateLimit });
  const { headers } = await ask("/", from);
  expect(headers["x-ratelimit-limit"]).toBe(limit);
});
