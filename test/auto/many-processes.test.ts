import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { requestCounts, total } from "../contracts/counts.ts";
import { AutoProcess, patient } from "./auto-process.ts";

test("of several threads, the main one serves the metrics of the process", async () => {
  const app = new AutoProcess(["threads.mjs"]);
  await expect.poll(() => app.stdout, patient).toMatch(/^.+\n.+\n$/);
  expect(app.stderr).toBe(`narthex: metrics on ${await app.metricsUrl()}\n`);
});

test("the workers of a cluster show one page, on the port of one of them and then of the next", async () => {
  const port = await freePort();
  const app = new AutoProcess(["cluster.mjs"], { NARTHEX_PORT: String(port) });
  const url = await app.url();
  const pids = new Set<number>();
  const send = async () => {
    // A connection of its own for each request: workers get them in turn.
    const response = await fetch(url, { headers: { connection: "close" } });
    pids.add(Number(await response.text()));
  };
  for (let sent = 0; sent < 10; sent += 1) await send();
  expect(pids.size).toBe(2);
  const shown = async () => {
    const page = await app.page();
    return [total(requestCounts(page)), page.value("narthex_members")];
  };
  await expect.poll(shown, patient).toEqual([10, 2]);

  const waits = () =>
    /port \d+ of 127\.0\.0\.1 is in use: process (\d+) takes/.exec(app.stderr)?.[1];
  await expect.poll(waits, patient).toBeDefined();
  const [holder] = [...pids].filter((pid) => pid !== Number(waits()));
  process.kill(holder!, "SIGKILL");
  await expect.poll(() => shown().catch(() => []), patient).toEqual([10, 1]);
  await send();
  await expect.poll(shown, patient).toEqual([11, 1]);
  expect(app.stderr.match(/^narthex: .*/gm)).toHaveLength(3);
});

test("the workers of a cluster show the threads of all of them", async () => {
  const app = new AutoProcess(["cluster-threads.mjs"], {
    NARTHEX_PORT: String(await freePort()),
  });
  const shown = async () => {
    const page = await app.page();
    return [page.value("jobs_total"), page.value("narthex_members")];
  };
  await expect.poll(() => shown().catch(() => []), patient).toEqual([20, 2]);
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
