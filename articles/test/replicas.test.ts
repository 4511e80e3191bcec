import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { startPostgres } from "../../scripts/servers/postgres.mjs";
import { realServer } from "../../test/real-servers.ts";
import type { DatabaseLocation } from "../src/store/database-location.ts";
import { listAll, post, startService } from "./service.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const OPENERS = 6;
const ROUNDS = 4;

test("processes that open a new file at the same moment agree on its schema", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    await expectAllOpen({ kind: "file", path: join(temporaryFolder(), "new", "articles.db") });
  }
});

test("replicas on one file serve the same articles", async () => {
  await expectOneService({ DATABASE_URL: `file:${join(temporaryFolder(), "articles.db")}` });
});

const postgres = await realServer("postgres");
describe.skipIf(!postgres)("on PostgreSQL", () => {
  test("processes that open an empty database at the same moment agree on its schema", async () => {
    const database = await startPostgres();
    onTestFinished(() => database.stop());
    await expectAllOpen({ kind: "postgres", url: database.url });
  });

  test("replicas serve the same articles", async () => {
    const database = await startPostgres();
    onTestFinished(() => database.stop());
    await expectOneService({ DATABASE_URL: database.url });
  });
});

const storeModule = fileURLToPath(new URL("../dist/store/open-store.js", import.meta.url));

const opener = `
  const [module, location, moment] = process.argv.slice(1);
  const { openStore } = await import(module);
  while (Date.now() < Number(moment));
  const store = await openStore(JSON.parse(location));
  await store.add({ title: "a", body: "b" });
  await store.close();
`;

async function expectAllOpen(location: DatabaseLocation): Promise<void> {
  const moment = Date.now() + 1_000;
  const args = ["--input-type=module", "--eval", opener];
  args.push(storeModule, JSON.stringify(location), String(moment));
  const processes = Array.from({ length: OPENERS }, async () => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    const [stderr] = await Promise.all([text(child.stderr), once(child, "close")]);
    return stderr;
  });
  expect(await Promise.all(processes)).toEqual(Array(OPENERS).fill(""));
}

/** Checks that an article created on one replica is read from the other, and that deletions show on both. */
async function expectOneService(env: Record<string, string>): Promise<void> {
  const start = () => startService({ ...env, LOG_LEVEL: "warn" });
  const [one, other] = await Promise.all([start(), start()]);
  const first = await post(one, { title: "first", body: "" });
  const second = await post(other, { title: "second", body: "" });
  // Ids that two processes make in the same millisecond may have any order.
  const both = [first, second].sort((a, b) => (a.id < b.id ? 1 : -1));
  expect(await listAll(one)).toEqual(both);
  expect(await listAll(other)).toEqual(both);
  await fetch(`${other.url}/articles/${first.id}`, { method: "DELETE" });
  expect(await listAll(one)).toEqual([second]);
  expect([one.stderr, other.stderr]).toEqual(["", ""]);
}
