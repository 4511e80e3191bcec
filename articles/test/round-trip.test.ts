import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startPostgres } from "../../scripts/servers/postgres.mjs";
import { realServer } from "../../test/real-servers.ts";
import type { Article, Draft } from "../src/store/article-store.ts";
import type { DatabaseLocation } from "../src/store/database-location.ts";
import { openStore } from "../src/store/open-store.ts";
import { draftArbitrary } from "./draft-arbitrary.ts";
import { openApp } from "./open-app.ts";
import { temporaryFolder } from "./temporary-folder.ts";

vi.setConfig({ testTimeout: 120_000 });

test("every text comes back over HTTP as it was sent: libsql", async () => {
  await expectRoundTrips({ kind: "file", path: join(temporaryFolder(), "articles.db") });
});

const postgres = await realServer("postgres");
describe.skipIf(!postgres)("on a real server", () => {
  test("every text comes back over HTTP as it was sent: PostgreSQL", async () => {
    const database = await startPostgres();
    onTestFinished(() => database.stop());
    await expectRoundTrips({ kind: "postgres", url: database.url });
  });
});

async function expectRoundTrips(location: DatabaseLocation): Promise<void> {
  const store = await openStore(location);
  onTestFinished(() => store.close());
  const app = await openApp(store);
  const articles = `${await app.listen({ host: "127.0.0.1", port: 0 })}/articles`;
  const send = async (method: string, url: string, draft?: Draft) => {
    const headers = { "content-type": "application/json" };
    const body = draft && { headers, body: JSON.stringify(draft) };
    const response = await fetch(url, { method, ...body });
    return (await response.json()) as Article & { items: Article[] };
  };

  const comesBack = async (draft: Draft, other: Draft) => {
    const added = await send("POST", articles, draft);
    const { id, createdAt } = added;
    expect(added).toEqual({ ...draft, id, createdAt, updatedAt: createdAt });
    expect(await send("GET", `${articles}/${id}`)).toEqual(added);

    const replaced = await send("PUT", `${articles}/${id}`, other);
    expect(replaced).toEqual({ ...other, id, createdAt, updatedAt: replaced.updatedAt });
    const { author = "" } = other;
    const query = new URLSearchParams({ limit: "1", ...(author && { author }) });
    const { items } = await send("GET", `${articles}?${query}`);
    expect(items).toEqual([replaced]);
  };
  await fc.assert(fc.asyncProperty(draftArbitrary, draftArbitrary, comesBack));
}
