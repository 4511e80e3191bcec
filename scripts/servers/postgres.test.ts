import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { realServer } from "../../test/real-servers.ts";
import { startPostgres } from "./postgres.mjs";

const postgres = await realServer("postgres");

describe.skipIf(!postgres)("startPostgres", { timeout: 120_000 }, () => {
  it("answers queries, survives a crash, and leaves nothing behind", async () => {
    const server = await startPostgres();
    try {
      await query(server.url, "CREATE TABLE kept (word text)");
      await query(server.url, "INSERT INTO kept VALUES ('narthex')");
      expect(await query(server.url, "SHOW fsync")).toEqual([{ fsync: "on" }]);

      await server.kill();
      await expect(query(server.url, "SELECT 1")).rejects.toThrow("ECONNREFUSED");
      await server.restart();
      expect(await query(server.url, "SELECT word FROM kept")).toEqual([{ word: "narthex" }]);
    } finally {
      await server.stop();
    }
    await expect(query(server.url, "SELECT 1")).rejects.toThrow("ECONNREFUSED");
  });

  it("ends a client's open connection when it is killed", async () => {
    const server = await startPostgres();
    try {
      const client = new Client(server.url);
      const lost = new Promise<Error>((resolve) => client.once("error", resolve));
      await client.connect();
      await server.kill();
      expect((await lost).message).toMatch(/terminated unexpectedly|ECONNRESET/);
    } finally {
      await server.stop();
    }
  });
});

async function query(url: string, text: string) {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
