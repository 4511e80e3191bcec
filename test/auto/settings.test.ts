import { expect, test } from "vitest";
import { requestCounts } from "../contracts/counts.ts";
import { AutoProcess, patient } from "./auto-process.ts";

test("the metrics are at another path, and only for who knows the token", async () => {
  const env = { NARTHEX_PATH: "/internal/metrics", NARTHEX_BEARER_TOKEN: "a secret" };
  const app = new AutoProcess(["http.mjs"], env);
  const metricsUrl = await app.metricsUrl();
  expect(new URL(metricsUrl).pathname).toBe("/internal/metrics");
  const statusWith = async (url: string, headers: Record<string, string> = {}) =>
    (await fetch(url, { headers })).status;
  expect(await statusWith(metricsUrl)).toBe(401);
  expect(await statusWith(metricsUrl, { authorization: "Bearer a secret" })).toBe(200);
  expect(await statusWith(new URL("/metrics", metricsUrl).href)).toBe(404);
  expect(app.stderr).not.toContain("a secret");
});

test("paths are excluded", async () => {
  const app = new AutoProcess(["http.mjs"], { NARTHEX_EXCLUDE: "/healthz,/ready" });
  const url = await app.url();
  for (const path of ["/healthz", "/ready?now", "/other"]) await fetch(url + path);
  await expect
    .poll(async () => requestCounts(await app.page()), patient)
    .toEqual({ "GET _unmatched 200 ok": 1 });
});

test("all series have the labels of the environment", async () => {
  const app = new AutoProcess(["http.mjs"], { NARTHEX_LABELS: "service=articles,zone=a" });
  await app.url();
  const { families } = await app.page();
  for (const { samples } of families.values()) {
    for (const { labels } of samples)
      expect(labels).toMatchObject({ service: "articles", zone: "a" });
  }
});

test("the conventions are OpenTelemetry's", async () => {
  const app = new AutoProcess(["calls-itself.mjs"], { NARTHEX_CONVENTIONS: "opentelemetry" });
  await app.url();
  const { families } = await app.page();
  const names = [...families.keys()].filter((name) => name.startsWith("http"));
  expect(names).toContain("http_server_request_duration_seconds");
  expect(names).toContain("http_client_request_duration_seconds");
});

test("the metrics of the process and those of outgoing requests are switched off", async () => {
  const env = { NARTHEX_RUNTIME: "off", NARTHEX_OUTGOING: "off" };
  const app = new AutoProcess(["calls-itself.mjs"], env);
  await app.url();
  const page = await app.page();
  const others = /^(process|nodejs|http_client)_/;
  expect([...page.families.keys()].filter((name) => others.test(name))).toEqual([]);
  expect(requestCounts(page)).toEqual({ "GET _unmatched 200 ok": 2 });
});

test("everything is switched off", async () => {
  const app = new AutoProcess(["http.mjs"], { NARTHEX_DISABLED: "1" });
  expect((await fetch(await app.url())).status).toBe(200);
  app.send("SIGTERM");
  expect(await app.ended).toBe("SIGTERM");
  expect(app.stderr).toBe("");
});

test("a wrong setting does not bring the application down", async () => {
  const app = new AutoProcess(["http.mjs"], { NARTHEX_RUNTIME: "none" });
  expect((await fetch(await app.url())).status).toBe(200);
  const said =
    'narthex: NARTHEX_RUNTIME is "none": use on or off. It is on now, as if it were not set.\n';
  expect(app.stderr).toBe(`${said}narthex: metrics on ${await app.metricsUrl()}\n`);
});
