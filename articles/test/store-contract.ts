import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
  ArticleStore,
  Draft,
  ListOptions,
  QueryObserver,
} from "../src/store/article-store.ts";
import { draftArbitrary } from "./draft-arbitrary.ts";

const noSuchId = "01890000-0000-7000-8000-000000000000";

/** The tests that every store must pass, whatever else is in its database. */
export function storeContract(
  name: string,
  open: (onQuery: QueryObserver) => Promise<ArticleStore>,
  drafts: fc.Arbitrary<Draft> = draftArbitrary,
): void {
  describe(`the store on ${name}`, () => {
    const queries: Parameters<QueryObserver>[] = [];
    let store: ArticleStore;
    beforeAll(async () => {
      store = await open((...query) => queries.push(query));
    });
    afterAll(() => store.close());

    test("returns an article as it was added", async () => {
      const draft = { title: `"quoted", 'too'\n\t\\ 🦊`, body: "", author: "Zoë" };
      const article = await store.add(draft);
      expect(article).toEqual({
        ...draft,
        id: article.id,
        createdAt: article.updatedAt,
        updatedAt: article.updatedAt,
      });
      expect(await store.get(article.id)).toEqual(article);
    });

    test("keeps every text as it is", async () => {
      const keeps = async (draft: Draft) => {
        const { id } = await store.add(draft);
        expect(await store.get(id)).toMatchObject(draft);
      };
      await fc.assert(fc.asyncProperty(drafts, keeps));
    });

    test("says that an article has no author by leaving it out", async () => {
      const article = await store.add({ title: "a", body: "b" });
      expect(article).not.toHaveProperty("author");
      expect(await store.get(article.id)).not.toHaveProperty("author");
    });

    test("replaces all of an article but its id and its creation time", async () => {
      const before = await store.add({ title: "a", body: "b", author: "c" });
      const after = await store.replace(before.id, { title: "d", body: "e" });
      expect(after).toEqual({
        ...before,
        title: "d",
        body: "e",
        author: undefined,
        updatedAt: after?.updatedAt,
      });
      expect(after!.updatedAt >= before.updatedAt).toBe(true);
      expect(await store.get(before.id)).toEqual(after);
    });

    test("removes an article once", async () => {
      const { id } = await store.add({ title: "a", body: "b" });
      expect(await store.remove(id)).toBe(true);
      expect(await store.remove(id)).toBe(false);
      expect(await store.get(id)).toBeUndefined();
    });

    test("finds nothing under an unknown id", async () => {
      expect(await store.get(noSuchId)).toBeUndefined();
      expect(await store.replace(noSuchId, { title: "a", body: "b" })).toBeUndefined();
      expect(await store.remove(noSuchId)).toBe(false);
    });

    test("lists the newest first, of everybody or of one author", async () => {
      const added = [];
      for (const author of ["list-1", "list-2", "list-1", "list-2"]) {
        added.push(await store.add({ title: "a", body: "b", author }));
      }
      const newestFirst = added.toReversed();
      expect(await store.list({ limit: 4 })).toEqual(newestFirst);
      expect(await store.list({ limit: 4, author: "list-1" })).toEqual([
        newestFirst[1],
        newestFirst[3],
      ]);
      expect(await store.list({ limit: 4, author: "list" })).toEqual([]);
    });

    test.each([1, 2, 7])("pages of %i meet every article once, in order", async (limit) => {
      const author = `pages-of-${limit}`;
      for (let n = 0; n < 7; n++) await store.add({ title: `${n}`, body: "", author });
      const titles: string[] = [];
      let options: ListOptions = { limit, author };
      for (;;) {
        const page = await store.list(options);
        if (page.length === 0) break;
        expect(page.length).toBeLessThanOrEqual(limit);
        titles.push(...page.map(({ title }) => title));
        options = { limit, author, before: page.at(-1)!.id };
      }
      expect(titles).toEqual(["6", "5", "4", "3", "2", "1", "0"]);
    });

    test("goes on after an article that has been removed, and past those added meanwhile", async () => {
      const author = "moving";
      const first = await store.add({ title: "first", body: "", author });
      const second = await store.add({ title: "second", body: "", author });
      await store.remove(second.id);
      await store.add({ title: "third", body: "", author });
      expect(await store.list({ limit: 9, author, before: second.id })).toEqual([first]);
    });

    test("tells of each query, and of its error", async () => {
      queries.length = 0;
      const { id } = await store.add({ title: "a", body: "b" });
      await store.get(id);
      await store.list({ limit: 1 });
      await store.replace(id, { title: "c", body: "d" });
      await store.remove(id);
      const operations = queries.map(([operation]) => operation);
      expect(operations).toEqual(["insert", "select", "select", "update", "delete"]);
      expect(queries.every(([, seconds, error]) => seconds >= 0 && error === undefined)).toBe(true);

      queries.length = 0;
      await expect(store.list({ limit: "many" as unknown as number })).rejects.toThrow();
      expect(queries).toEqual([["select", expect.any(Number), expect.any(Error)]]);
    });

    test("tells of no query of a migration", async () => {
      const told: string[] = [];
      const opened = await open((operation) => told.push(operation));
      await opened.ping();
      await opened.close();
      expect(new Set(told)).toEqual(new Set(["select"]));
      expect(told.length).toBeLessThanOrEqual(2);
    });

    test("answers a ping, and knows its connections", async () => {
      await store.ping();
      const { size, idle, waiting } = store.pool();
      expect({ idle, waiting }).toEqual({ idle: size, waiting: 0 });
      expect(size).toBeGreaterThan(0);
    });

    test("answers no ping once it is closed", async () => {
      const closed = await open(() => {});
      await closed.ping();
      await closed.close();
      await expect(closed.ping()).rejects.toThrow();
    });
  });
}
