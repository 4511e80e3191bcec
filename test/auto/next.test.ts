import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { requestCounts } from "../contracts/counts.ts";
import { NEXT, NEXT_APP, nextEnvironment } from "../contracts/next-build.ts";
import { AutoProcess, patient } from "./auto-process.ts";

test("next start: its routes are recognised", async () => {
  const app = await mkdtemp(join(NEXT_APP, ".next-auto-"));
  onTestFinished(() => rm(app, { recursive: true, force: true }));
  // Without `instrumentation.js`, which would measure them itself.
  for (const file of [
    "package.json",
    "next.config.js",
    "app/layout.js",
    "app/page.js",
    "app/blog",
  ]) {
    await cp(join(NEXT_APP, file), join(app, file), { recursive: true });
  }
  const env = nextEnvironment({ NODE_ENV: "production" });
  await promisify(execFile)(process.execPath, [NEXT, "build"], { cwd: app, env });
  const next = new AutoProcess([NEXT, "start", "-H", "127.0.0.1", "-p", "0"], env, app);
  const url = await next.url();
  for (const path of ["/", "/blog/first", "/blog/second", "/nothing"]) await fetch(url + path);
  await expect
    .poll(async () => requestCounts(await next.page()), patient)
    .toEqual({
      "GET / 200 ok": 1,
      "GET /blog/[slug] 200 ok": 2,
      "GET _unmatched 404 client_error": 1,
    });
  expect(next.stderr).toBe(`narthex: metrics on ${await next.metricsUrl()}\n`);
});
