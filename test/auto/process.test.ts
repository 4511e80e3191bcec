import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { requestCounts } from "../contracts/counts.ts";
import { AutoProcess, patient } from "./auto-process.ts";

test("the metrics of the process, of Node and of outgoing requests are there", async () => {
  const app = new AutoProcess(["calls-itself.mjs"]);
  const url = await app.url();
  const page = await app.page();
  expect(page.value("process_cpu_seconds_total")).toBeGreaterThan(0);
  expect(page.families.has("nodejs_eventloop_lag_seconds")).toBe(true);
  const host = new URL(url).host;
  const labels = { method: "GET", host, status_code: "200" };
  expect(page.value("http_client_request_duration_seconds_count", labels)).toBe(2);
  expect(requestCounts(page)).toEqual({ "GET _unmatched 200 ok": 2 });
});

test("a port in use does not bring the application down", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const app = new AutoProcess(["http.mjs"], { NARTHEX_PORT: String(port) });
  expect((await fetch(await app.url())).status).toBe(200);
  await expect
    .poll(() => app.stderr, patient)
    .toMatch(
      new RegExp(
        `^narthex: no metrics of process \\d+: port ${port} of 127.0.0.1 is in use. Choose another with NARTHEX_PORT, or 0 for any that is free.\n$`,
      ),
    );
});

test("an address that is not this machine's does not bring the application down", async () => {
  const app = new AutoProcess(["http.mjs"], { NARTHEX_HOST: "192.0.2.1" });
  expect((await fetch(await app.url())).status).toBe(200);
  await expect
    .poll(() => app.stderr, patient)
    .toMatch(/^narthex: no metrics of process \d+: listen EADDRNOTAVAIL.*NARTHEX_HOST.*\n$/);
});

test("a signal ends it as ever", async () => {
  const app = new AutoProcess(["http.mjs"]);
  await app.url();
  await app.metricsUrl();
  app.send("SIGTERM");
  expect(await app.ended).toBe("SIGTERM");
});

test("it ends when the application has nothing left to do, however often it is scraped", async () => {
  const app = new AutoProcess(["graceful.mjs"]);
  const metricsUrl = await app.metricsUrl();
  const scrape = () => fetch(metricsUrl).then((response) => response.text());
  await scrape();
  const scrapes = async () => {
    for (;;) await scrape();
  };
  const refusal = expect(scrapes()).rejects.toThrow();
  app.send("SIGTERM");
  expect(await app.ended).toBe(0);
  await refusal;
});

test.each([
  ["nothing to do", "0", 0],
  ["a code of its own", "process.exitCode = 3", 3],
  ["an exit", "process.exit(4)", 4],
])("a program with %s ends as ever", async (_what, program, code) => {
  const app = new AutoProcess(["--eval", program]);
  expect(await app.ended).toBe(code);
  expect(app.stdout).toBe("");
  expect(app.stderr).toBe("");
});

test.each(["fails.mjs", "fails.cjs"])(
  "what fails at the start fails as ever: %s",
  async (program) => {
    const app = new AutoProcess([program]);
    const without = new AutoProcess([program], { NARTHEX_DISABLED: "true" });
    expect(await app.ended).toBe(1);
    expect(await without.ended).toBe(1);
    expect(app.stdout).toBe("");
    // Node 20 has a line of the stack for whoever sees modules being loaded.
    const withoutStack = (stderr: string) => stderr.replaceAll(/^ {4}at .*\n/gm, "");
    const said = app.stderr.replace(/^narthex: metrics on .*\n/m, "");
    expect(withoutStack(said)).toBe(withoutStack(without.stderr));
  },
);
