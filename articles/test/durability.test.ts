import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPostgres } from "../../scripts/servers/postgres.mjs";
import { realServer } from "../../test/real-servers.ts";
import { listAll, patient, post, type Service, startService } from "./service.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const POSTS = 1_000;
const CLIENTS = 8;
const KILL_AFTER = 400;

const postgres = await realServer("postgres");

test("kill -9 in the middle of 1,000 posts loses no acknowledged article: libsql", async () => {
  const env = { DATABASE_URL: `file:${join(temporaryFolder(), "articles.db")}`, LOG_LEVEL: "warn" };
  const service = await startService(env);
  const acknowledged = await postUntilKilled(service, () => service.send("SIGKILL"));
  expect(await service.ended).toBe("SIGKILL");
  await expectStored(await startService(env), acknowledged);
});

describe.skipIf(!postgres)("on PostgreSQL", () => {
  let database: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(() => database.stop());

  test("kill -9 of the service in the middle of 1,000 posts loses no acknowledged article", async () => {
    const env = { DATABASE_URL: database.url, LOG_LEVEL: "warn" };
    const service = await startService(env);
    const acknowledged = await postUntilKilled(service, () => service.send("SIGKILL"));
    expect(await service.ended).toBe("SIGKILL");
    await expectStored(await startService(env), acknowledged);
  });

  test("kill -9 of the database does neither, and the service goes on when it is back", async () => {
    const service = await startService({ DATABASE_URL: database.url, LOG_LEVEL: "fatal" });
    let killed: Promise<void> | undefined;
    const acknowledged = await postUntilKilled(service, () => {
      killed = database.kill();
    });
    await killed;
    expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
    await database.restart();
    await expect.poll(async () => (await fetch(`${service.url}/readyz`)).status, patient).toBe(200);
    await expectStored(service, acknowledged);
  });
});

/** Posts from several clients at once until each one fails. Returns the acknowledged articles. */
async function postUntilKilled(service: Service, kill: () => void): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  let next = 0;
  const client = async () => {
    while (next < POSTS) {
      const title = `title ${next++}`;
      const { id } = await post(service, { title, body: "x".repeat(500) });
      acknowledged.set(id, title);
      if (acknowledged.size === KILL_AFTER) kill();
    }
  };
  const results = await Promise.allSettled(Array.from({ length: CLIENTS }, client));
  expect(results.map(({ status }) => status)).toEqual(Array(CLIENTS).fill("rejected"));
  expect(acknowledged.size).toBeGreaterThanOrEqual(KILL_AFTER);
  expect(acknowledged.size).toBeLessThan(POSTS);
  return acknowledged;
}

async function expectStored(service: Service, acknowledged: Map<string, string>): Promise<void> {
  const stored = new Map((await listAll(service)).map(({ id, title }) => [id, title]));
  const missing = [...acknowledged].filter(([id, title]) => stored.get(id) !== title);
  expect(missing).toEqual([]);
}
