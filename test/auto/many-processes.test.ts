import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { requestCounts, total } from "../contracts/counts.ts";
import { parseTextPage } from "../text-page.ts";
import { AutoProcess, patient } from "./auto-process.ts";

test("of several threads, the main one serves the metrics of the process", async () => {
  const app = new AutoProcess(["threads.mjs"]);
  await expect.poll(() => app.stdout, patient).toMatch(/^.+\n.+\n$/);
  expect(app.stderr).toBe(`narthex: metrics on ${await app.metricsUrl()}\n`);
});

test("the workers of a cluster may have a port each", async () => {
  const app = new AutoProcess(["cluster.mjs", "0", "0"]);
  const metricsUrls = () => [...app.stderr.matchAll(/metrics on (.*)\n/g)].map(([, url]) => url!);
  // The primary process has nothing to show.
  await expect.poll(() => metricsUrls().length, patient).toBe(2);
  // Workers share their port.
  await expect.poll(() => app.stdout, patient).toMatch(/^(.*)\n\1\n$/);
  const url = await app.url();
  for (let sent = 0; sent < 10; sent += 1) await fetch(url);
  const counted = async () => {
    const pages = metricsUrls().map(async (metricsUrl) => (await fetch(metricsUrl)).text());
    const counts = (await Promise.all(pages)).map((page) => requestCounts(parseTextPage(page)));
    return counts.map(total).reduce((sum, count) => sum + count);
  };
  await expect.poll(counted, patient).toBe(10);
});

test("where the workers of a cluster have one port, one serves and the others say so", async () => {
  const port = String(await freePort());
  const app = new AutoProcess(["cluster.mjs", port, port], { NARTHEX_DISABLED: "on" });
  await expect.poll(() => app.stdout, patient).toMatch(/^(.*)\n\1\n$/);
  expect((await fetch(await app.url())).status).toBe(200);
  const refusal = /^narthex: no metrics of process .* cluster.fork\(\{ NARTHEX_PORT: … \}\)\.$/;
  await expect
    .poll(() => app.stderr.split("\n").sort(), patient)
    .toEqual([
      "",
      `narthex: metrics on http://127.0.0.1:${port}/metrics`,
      expect.stringMatching(refusal),
    ]);
});

test("npm does not take the port of the application it starts", async () => {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NODE_OPTIONS: "--import=narthex/auto", NARTHEX_PORT: "0" };
  const program = "http.createServer().listen(0, () => setTimeout(process.exit, 500))";
  const command = ["exec", "--offline", "--call", `node --eval '${program}'`];
  const npm = spawn("npm", command, { cwd: import.meta.dirname, env });
  const stderr = text(npm.stderr);
  expect(await once(npm, "exit")).toEqual([0, null]);
  expect((await stderr).match(/^narthex: .*/gm)).toEqual([
    expect.stringMatching(/^narthex: metrics on /),
  ]);
});
