import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { requestCounts } from "../contracts/counts.ts";
import { AutoProcess, patient } from "./auto-process.ts";

const byEnvironment = { NODE_OPTIONS: "--import=narthex/auto" };

const listensElsewhere =
  "const server = net.createServer().listen(0, () => setTimeout(() => server.close(), 1000))";

/** A server for outgoing requests. */
async function registry(): Promise<string> {
  const server = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each(["spawn", "fork"])(
  "what starts the application by %s leaves the port to it, and says nothing",
  async (how) => {
    for (const requests of [[], [await registry()]]) {
      const env = { ...byEnvironment, NARTHEX_PORT: String(await freePort()) };
      const app = new AutoProcess(["launcher.mjs", how, "http.mjs", ...requests], env);
      await fetch(await app.url());
      await expect
        .poll(async () => requestCounts(await app.page()), patient)
        .toEqual({ "GET _unmatched 200 ok": 1 });
      expect(app.stderr).toBe(`narthex: metrics on ${await app.metricsUrl()}\n`);
      app.send("SIGTERM");
      await app.ended;
    }
  },
);

test("what has taken the port for its requests alone gives it to the application", async () => {
  const env = { ...byEnvironment, NARTHEX_PORT: String(await freePort()) };
  const app = new AutoProcess(["launcher.mjs", "late", "http.mjs", await registry()], env);
  const ofLauncher = await app.page();
  expect(ofLauncher.families.has("http_client_request_duration_seconds")).toBe(true);
  await fetch(await app.url());
  await expect
    .poll(async () => requestCounts(await app.page()), patient)
    .toEqual({ "GET _unmatched 200 ok": 1 });
  app.send("SIGTERM");
  await app.ended;
});

test("a process that only sends requests takes the port, also beside processes without metrics", async () => {
  const url = await registry();
  const app = new AutoProcess(["sends-requests.mjs", url]);
  const labels = { method: "GET", host: new URL(url).host, status_code: "200" };
  const page = await app.page();
  expect(page.value("http_client_request_duration_seconds_count", labels)).toBe(1);
  expect(page.families.has("process_cpu_seconds_total")).toBe(true);
});

test("a process that makes a metric of its own takes the port", async () => {
  const app = new AutoProcess(["own-metric.mjs"]);
  expect((await app.page()).value("jobs_total")).toBe(1);
});

test.each([
  ["does nothing that is measured", ["--eval", "setTimeout(String, 1000)"]],
  ["listens for something else", ["--eval", listensElsewhere]],
  ["ends with its first request", ["--eval", "http.get('http://127.0.0.1:9'); process.exit()"]],
  ["starts another one", ["--eval", "child_process.execFile(process.execPath, ['--version'])"]],
])("a process that %s takes no port and says nothing", async (_what, args) => {
  const app = new AutoProcess(args, { NARTHEX_CONVENTIONS: "unknown", ...byEnvironment });
  expect(await app.ended).toBe(0);
  expect(app.stderr).toBe("");
});
