import { copyFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, onTestFinished, test } from "vitest";
import { startPostgres } from "../../scripts/servers/postgres.mjs";
import { realServer } from "../../test/real-servers.ts";
import { openStore } from "../src/store/open-store.ts";
import { openApp } from "./open-app.ts";
import { listAll, patient, post, startService } from "./service.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const draft = { title: "a", body: "b" };

async function openOnFile() {
  const file = join(temporaryFolder(), "articles.db");
  const store = await openStore({ kind: "file", path: file });
  onTestFinished(() => store.close());
  const app = await openApp(store);
  const write = () => app.inject({ method: "POST", url: "/articles", body: draft });
  return { file, app, write };
}

test("another process's lock delays only writes, and those that it delays too long get 503", async () => {
  const { file, app, write } = await openOnFile();
  expect((await write()).statusCode).toBe(201);
  const other = new Database(file);
  other.exec("begin immediate");
  const writing = write();
  const started = performance.now();
  for (const path of ["/healthz", "/articles", "/"]) {
    expect((await app.inject(path)).statusCode).toBe(200);
  }
  expect(performance.now() - started).toBeLessThan(2_500);
  const notReady = await app.inject("/readyz");
  expect(notReady.statusCode).toBe(503);
  const answer = await writing;
  expect(answer.statusCode).toBe(503);
  expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
  expect(answer.json().detail).toBe("the database failed; try again later");

  const patientWrite = write();
  setTimeout(() => other.exec("commit"), 300);
  expect((await patientWrite).statusCode).toBe(201);
  await expect.poll(async () => (await app.inject("/readyz")).statusCode, patient).toBe(200);
  other.close();
});

test("a write that waited for another process's lock is committed when it is acknowledged", async () => {
  const { file, app, write } = await openOnFile();
  const other = new Database(file);
  other.exec("begin immediate");
  const writing = write();
  const checking = app.inject("/readyz");
  setTimeout(() => other.exec("commit"), 300);
  expect((await writing).statusCode).toBe(201);
  expect(other.prepare("select count(*) as count from articles").all()).toEqual([{ count: 1 }]);
  expect((await checking).statusCode).toBe(200);
  other.close();
});

test.each<[string, (file: string) => void]>([
  ["deleted", (file) => rmSync(file)],
  ["moved away", (file) => renameSync(file, `${file}.old`)],
  [
    "replaced by a copy",
    (file) => {
      copyFileSync(file, `${file}.new`);
      renameSync(`${file}.new`, file);
    },
  ],
  ["overwritten", (file) => writeFileSync(file, "no database".repeat(1_000))],
  ["emptied", (file) => writeFileSync(file, "")],
])("a file that was %s takes no article, and readiness says so", async (_, harm) => {
  const { file, app, write } = await openOnFile();
  expect((await app.inject("/readyz")).statusCode).toBe(200);
  harm(file);
  for (const answer of [
    await write(),
    await app.inject({ method: "DELETE", url: "/articles/01a202c3-dfc2-7147-9926-65a5d0d2ddd4" }),
  ]) {
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    expect(answer.body).not.toContain(file);
  }
  await expect.poll(async () => (await app.inject("/readyz")).statusCode, patient).toBe(503);
  expect((await app.inject("/healthz")).statusCode).toBe(200);
});

test("a database that refuses writes is not ready, and reads go on", async () => {
  const { file, app, write } = await openOnFile();
  await write();
  const other = new Database(file);
  other.exec(
    "create trigger full before insert on articles begin select raise(abort, 'full'); end",
  );
  other.close();
  expect((await write()).statusCode).toBe(503);
  const notReady = await app.inject("/readyz");
  expect([notReady.statusCode, notReady.json().detail]).toEqual([
    503,
    "the database takes no writes",
  ]);
  expect(notReady.headers["retry-after"]).toMatch(/^\d+$/);
  expect((await app.inject("/articles")).json().items).toHaveLength(1);
});

test("the check of readiness leaves nothing behind, and many probes make one", async () => {
  const folder = temporaryFolder();
  const written: string[] = [];
  const store = await openStore(
    { kind: "file", path: join(folder, "articles.db") },
    { onQuery: (operation) => written.push(operation) },
  );
  onTestFinished(() => store.close());
  const app = await openApp(store);
  const answers = await Promise.all(Array.from({ length: 50 }, () => app.inject("/readyz")));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(50).fill(200));
  expect(written.filter((operation) => operation === "insert")).toEqual(["insert"]);
  expect((await app.inject("/articles")).json()).toEqual({ items: [] });
});

test("after a clean end, the file alone has every article", async () => {
  const file = join(temporaryFolder(), "articles.db");
  const service = await startService({ DATABASE_URL: `file:${file}` });
  const { id } = await post(service, draft);
  service.send("SIGTERM");
  expect(await service.ended).toBe(0);
  const copy = join(temporaryFolder(), "copy.db");
  copyFileSync(file, copy);
  const database = new Database(copy);
  expect(database.prepare("select id from articles").all()).toEqual([{ id }]);
  database.close();
});

const postgres = await realServer("postgres");
describe.skipIf(!postgres)("on PostgreSQL", () => {
  test("a database that is down or read-only is 503, and is used again when it is back", async () => {
    const database = await startPostgres();
    onTestFinished(() => database.stop());
    const service = await startService({ DATABASE_URL: database.url, LOG_LEVEL: "silent" });
    const statuses = async () => {
      const headers = { "content-type": "application/json" };
      const writing = { method: "POST", headers, body: JSON.stringify(draft) };
      const answers = await Promise.all([
        fetch(`${service.url}/articles`, writing),
        fetch(`${service.url}/readyz`),
        fetch(`${service.url}/articles`),
      ]);
      for (const { status, headers } of answers) {
        if (status === 503) expect(headers.get("retry-after")).toMatch(/^\d+$/);
      }
      return answers.map(({ status }) => status);
    };
    await expect.poll(statuses, patient).toEqual([201, 200, 200]);
    await database.kill();
    await expect.poll(statuses, patient).toEqual([503, 503, 503]);
    await database.restart();
    await expect.poll(statuses, patient).toEqual([201, 200, 200]);

    const readOnly = async (value: "on" | "off") => {
      const { default: pg } = await import("pg");
      const client = new pg.Client(database.url);
      await client.connect();
      await client
        .query(`alter system set default_transaction_read_only = ${value}`)
        .catch(async () => {
          await client.query("set default_transaction_read_only = off");
          await client.query(`alter system set default_transaction_read_only = ${value}`);
        });
      await client.query("select pg_reload_conf()");
      await client.end();
    };
    await readOnly("on");
    await expect.poll(statuses, patient).toEqual([503, 503, 200]);
    await readOnly("off");
    await expect.poll(statuses, patient).toEqual([201, 200, 200]);
    expect((await listAll(service)).length).toBeGreaterThan(2);
  });
});
