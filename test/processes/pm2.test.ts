import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { body, counted, Service, scrapedDuring, totals } from "./service.ts";

const command = createRequire(import.meta.url).resolve("pm2/bin/pm2");

/** A daemon of PM2 of the test's own, which ends with it; the result runs a command of PM2. */
function ownDaemon(env: Readonly<Record<string, string>>) {
  const home = mkdtempSync(join(tmpdir(), "narthex-pm2-"));
  const own = { PATH: process.env.PATH, HOME: home, PM2_HOME: home };
  const options = { env: { ...own, PM2_DISABLE_VERSION_CHECK: "true", ...env } };
  const pm2 = (...args: string[]) =>
    promisify(execFile)(process.execPath, [command, ...args], options);
  onTestFinished(async () => {
    await pm2("kill");
    rmSync(home, { recursive: true });
  });
  return pm2;
}

test("PM2 reloads a cluster under load: no total falls, and nothing is lost", async () => {
  const port = await freePort();
  const pm2 = ownDaemon({ PORT: String(port) });
  await pm2("start", join(import.meta.dirname, "service.mjs"), "--name", "work", "-i", "2");
  const members = async () => /^narthex_members (.*)$/m.exec(await body(port, "/metrics"))?.[1];
  await expect.poll(() => members().catch(() => ""), { timeout: 30_000 }).toBe("2");

  const service = new Service();
  service.workers.set(0, { pid: 0, port });
  const loads = [service.load(), service.load()];
  const reload = () => pm2("reload", "work").then(() => {});
  const scrapes = await scrapedDuring(service, reload().then(reload));
  service.stop();
  await Promise.all(loads);
  // Two processes, and some that took their places: on a loaded machine not each of them gets a request in its time.
  expect(new Set(service.answers.map(({ pid }) => pid)).size).toBeGreaterThan(2);
  expect(scrapes).toBeGreaterThan(5);

  const { answers, failed } = service;
  const total = await counted(service);
  expect(total).toBeGreaterThanOrEqual(answers.length);
  expect(total).toBeLessThanOrEqual(answers.length + failed);
  await expect.poll(members).toBe("2");
  expect(totals(await body(port, "/metrics")).get("work_total")).toBe(total);
});
