import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { AutoProcess, patient } from "../auto/auto-process.ts";
import { send } from "../contracts/client.ts";
import { requestCounts } from "../contracts/counts.ts";
import { NEXT, nextEnvironment } from "../contracts/next-build.ts";
import { ServerProcess } from "../contracts/server-process.ts";
import { codeBlocksOf, pagesIn } from "./code-blocks.ts";
import { written } from "./program.ts";

const AUTO = "docs/http/auto.md";
const NEXT_JS = "docs/http/next.md";
const OUTGOING = "docs/http/outgoing.md";
const others = pagesIn("docs/http").filter((page) => ![AUTO, NEXT_JS, OUTGOING].includes(page));

const { PATH = "" } = process.env;
const COUNTS = { "GET /users/:id 200 ok": 1, "GET _unmatched 404 client_error": 1 };

test.each(others)("%s", async (page) => {
  const server = await started(await written(page));
  expect((await send(server, "/users/42")).body).toBe("user 42\n");
  expect((await send(server, "/nothing")).status).toBe(404);
  expect(await server.counts(2)).toEqual(COUNTS);
  await shows(server, page);
});

test(OUTGOING, async () => {
  const directory = createServer(({ url }, response) => response.end(`the person of ${url}`));
  onTestFinished(() => void directory.close());
  await new Promise<void>((resolve) => directory.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(directory.address() as AddressInfo).port}`;
  const server = await started(await written(OUTGOING), { DIRECTORY_URL: `http://${host}` });
  expect((await send(server, "/users/42")).body).toBe("the person of /people/42");
  expect((await send(server, "/nothing")).status).toBe(404);
  expect(await server.counts(2)).toEqual(COUNTS);
  const labels = { method: "GET", host, status_code: "200" };
  const page = await server.page();
  expect(page.value("http_client_request_duration_seconds_count", labels)).toBe(1);
});

test(NEXT_JS, { timeout: 180_000 }, async () => {
  const cwd = await written(NEXT_JS);
  const env = nextEnvironment({ NODE_ENV: "production" });
  await promisify(execFile)(process.execPath, [NEXT, "build"], { cwd, env });
  const server = await ServerProcess.start([NEXT, "start", "-H", "127.0.0.1", "-p", "0"], cwd, env);
  onTestFinished(() => server.stop());
  expect((await send(server, "/users/42")).body).toBe("user 42\n");
  expect((await send(server, "/nothing")).status).toBe(404);
  expect(await server.counts(2)).toEqual({
    "GET /users/[id] 200 ok": 1,
    "GET _unmatched 404 client_error": 1,
  });
  expect((await server.page()).value("users_shown_total")).toBe(1);
  await shows(server, NEXT_JS);
});

test(AUTO, async () => {
  const folder = await written(AUTO);
  const app = new AutoProcess(["server.js"], { PORT: "0" }, folder);
  const url = await app.url();
  expect(await (await fetch(`${url}/users/42`)).text()).toBe("user 42\n");
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  await expect.poll(async () => requestCounts(await app.page()), patient).toEqual(COUNTS);
});

/** Expects what a page says that its program's metrics are. */
async function shows(server: ServerProcess, page: string): Promise<void> {
  const shown = codeBlocksOf(page).find(({ language }) => language === "text")!;
  expect((await send(server, "/metrics")).body).toContain(shown.code);
}

async function started(folder: string, env: Readonly<Record<string, string>> = {}) {
  const server = await ServerProcess.start(["server.js"], folder, { PATH, PORT: "0", ...env });
  onTestFinished(() => server.stop());
  return server;
}
