import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { patient, spawnService, startService } from "./service.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("prints where to look, and logs to stderr", async () => {
  const service = await startService({ DATABASE_URL: inTemporaryFolder() });
  const { url } = service;
  expect(service.stdout).toBe(
    `articles listens:\n  ${url}/\n  ${url}/articles\n  ${url}/metrics\n  ${url}/docs\nCtrl-C stops it.\n`,
  );
  for (const path of ["/", "/articles", "/metrics", "/docs"]) {
    expect((await fetch(`${url}${path}`)).status).toBe(200);
  }
  const lines = service.stderr.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(Array(lines.length).fill(30));
});

test("logs each request with an id, and neither its query nor its body", async () => {
  const service = await startService({ DATABASE_URL: inTemporaryFolder() });
  await fetch(`${service.url}/articles?author=hunter2`);
  for (const body of ['{"title":"hunter2"}', '{"title":hunter2}']) {
    const headers = { "content-type": "application/json" };
    await fetch(`${service.url}/articles?hunter2`, { method: "POST", headers, body });
  }
  await expect.poll(() => service.stderr.match(/request completed/g), patient).toHaveLength(3);
  expect(service.stderr).toMatch(/"reqId":"[0-9a-f-]{36}".*"path":"\/articles"/);
  expect(service.stderr).not.toContain("hunter2");
});

test("logs lines for people where LOG_FORMAT says so", async () => {
  const env = { DATABASE_URL: inTemporaryFolder(), LOG_FORMAT: "pretty" };
  const service = await startService(env);
  await fetch(`${service.url}/articles?author=hunter2`);
  const line =
    /INFO: ([0-9a-f]{8}) → GET \/articles from 127\.0\.0\.1\n.*INFO: \1 ← 200 after [\d.]+ ms\n/;
  await expect.poll(() => service.stderr, patient).toMatch(line);
  expect(service.stderr).not.toMatch(/hunter2|\{"/);
});

test("makes the folder of its database", async () => {
  const file = join(temporaryFolder(), "a", "b", "articles.db");
  await startService({ DATABASE_URL: `sqlite:${file}` });
  expect(existsSync(file)).toBe(true);
});

test.each([
  ["", "127.0.0.1"],
  ["10.0.0.0/8", "127.0.0.1"],
  ["loopback", "203.0.113.7"],
])(
  "with TRUST_PROXY=%s, what loopback says in X-Forwarded-For makes the address %s",
  async (proxy, address) => {
    const service = await startService({ DATABASE_URL: inTemporaryFolder(), TRUST_PROXY: proxy });
    await fetch(service.url, { headers: { "x-forwarded-for": "203.0.113.7" } });
    await expect.poll(() => service.stderr, patient).toContain(`"remoteAddress":"${address}"`);
  },
);

test("says in one line that its port is in use", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expectRefusal(
    { DATABASE_URL: inTemporaryFolder(), PORT: String(port) },
    `PORT=${port} is in use on 127.0.0.1: stop the program that has it, or set PORT to another port`,
  );
});

test("says in one line which setting is wrong, and never a password", async () => {
  await expectRefusal({ PORT: "http" }, "PORT=http is not a port: ");
  await expectRefusal({ HOST: "192.0.2.1", DATABASE_URL: inTemporaryFolder() }, "HOST=192.0.2.1");

  const port = await freePort();
  await expectRefusal(
    { DATABASE_URL: `postgres://articles:hunter2@127.0.0.1:${port}/articles?password=hunter2` },
    `DATABASE_URL: postgres://articles@127.0.0.1:${port}/articles cannot be opened: `,
  );

  const file = join(temporaryFolder(), "articles.db");
  writeFileSync(file, "This is a text, and no database at all.".repeat(100));
  await expectRefusal({ DATABASE_URL: `file:${file}` }, `DATABASE_URL: ${file} cannot be opened: `);
});

function inTemporaryFolder(): string {
  return `file:${join(temporaryFolder(), "articles.db")}`;
}

async function expectRefusal(env: Record<string, string>, start: string): Promise<void> {
  const { ended, stderr, stdout } = await spawnService({ LOG_LEVEL: "fatal", ...env });
  expect(stderr).toMatch(/^articles: [^\n]+\n$/);
  expect(stderr.slice("articles: ".length, -1)).toContain(start);
  expect(stderr).not.toContain("hunter2");
  expect(stdout).toBe("");
  expect(await ended).toBe(1);
}
