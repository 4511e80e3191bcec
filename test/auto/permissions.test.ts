import { expect, test } from "vitest";
import { repository } from "../../scripts/repository.mjs";
import { requestCounts, total } from "../contracts/counts.ts";
import { AutoProcess, patient } from "./auto-process.ts";

const permission = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";
const mayRead = (folder: string) => `--allow-fs-read=${folder}`;

test("with access to nothing but its own files an application runs, and is measured", async () => {
  const app = new AutoProcess([permission, mayRead(repository), "hono.mjs"]);
  expect((await fetch(`${await app.url()}/api/users/1`)).status).toBe(200);
  await expect.poll(async () => total(requestCounts(await app.page())), patient).toBe(1);
  const { families } = await app.page();
  expect(families.has("process_resident_memory_bytes")).toBe(true);
  expect(families.has("process_open_fds")).toBe(false);
  expect(app.stderr.match(/that need \/proc are left out/g)?.length).toBe(
    process.platform === "linux" ? 1 : undefined,
  );
});

test.runIf(process.platform === "linux")(
  "with access to /proc/self, which the warning names, nothing is left out",
  async () => {
    const args = [permission, mayRead(repository), mayRead("/proc/self/*"), "http.mjs"];
    const app = new AutoProcess(args);
    await app.url();
    const { families } = await app.page();
    expect(families.has("process_open_fds")).toBe(true);
    expect(families.has("process_max_fds")).toBe(true);
    expect(families.has("process_virtual_memory_bytes")).toBe(true);
    expect(app.stderr).not.toContain("/proc");
  },
);

test("without code made of strings an application is measured all the same", async () => {
  const app = new AutoProcess(["--disallow-code-generation-from-strings", "hono.cjs"]);
  expect((await fetch(`${await app.url()}/api/users/1`)).status).toBe(200);
  await expect
    .poll(async () => requestCounts(await app.page()), patient)
    .toEqual({ "GET /api/users/:id 200 ok": 1 });
  expect(app.stderr).toBe(`narthex: metrics on ${await app.metricsUrl()}\n`);
});
