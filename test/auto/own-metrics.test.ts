import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { requestCounts } from "../contracts/counts.ts";
import { parseTextPage } from "../text-page.ts";
import { AutoProcess, patient } from "./auto-process.ts";

test("an application that measures requests itself has its way, and they are counted once", async () => {
  const app = new AutoProcess(["own-metrics.mjs"]);
  const url = await app.url();
  await refused(url);
  for (const path of ["/users/1", "/users/2", "/healthz", "/nothing"]) await fetch(url + path);
  await expect
    .poll(async () => requestCounts(await app.page()), patient)
    .toEqual({
      "GET /users/:id 200 ok": 2,
      "GET _unmatched 404 client_error": 1,
      "_other _unmatched 400 rejected": 1,
    });
  const page = await app.page();
  const labels = { method: "GET", route: "/users/:id", status_code: "200", outcome: "ok" };
  expect(page.value("http_requests_total", { ...labels, tenant: "acme" })).toBe(2);
  const itsOwn = parseTextPage(await (await fetch(`${url}/metrics`)).text());
  expect(requestCounts(itsOwn)).toEqual(requestCounts(page));
});

test.each([{}, { NARTHEX_CONVENTIONS: "opentelemetry" }])(
  "an application that collects the other metrics itself has its way, too, with %o",
  async (env) => {
    const app = new AutoProcess(["own-options.mjs"], env);
    await app.url();
    const page = await app.page();
    expect(page.families.has("http_client_errors_total")).toBe(false);
    expect(page.families.has("http_client_request_duration_seconds")).toBe(true);
    expect(page.families.has("nodejs_gc_duration_seconds")).toBe(true);
    expect(app.stderr).toBe(`narthex: metrics on ${await app.metricsUrl()}\n`);
  },
);

test("metrics of the application's keep their names", async () => {
  const app = new AutoProcess(["own-names.mjs"]);
  expect((await fetch(await app.url())).status).toBe(200);
  await expect
    .poll(() => app.stderr, patient)
    .toMatch(/^narthex: no metrics of requests: Metric "http_requests" is already/m);
  expect((await app.page()).families.get("http_requests_total")?.help).toBe("By day.");
});

/** A connection that brings no HTTP, and is refused. */
async function refused(url: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.end("no HTTP\r\n\r\n").resume();
  await once(socket, "close");
}
