import { expect, test } from "vitest";
import { openApp } from "../../test/open-app.ts";
import type { ArticleStore } from "../store/article-store.ts";

const storeThatPings = (ping: ArticleStore["ping"]) => ({ ping }) as ArticleStore;

test("is alive and ready on a database that answers", async () => {
  const app = await openApp();
  for (const path of ["/healthz", "/readyz"]) {
    const response = await app.inject(path);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({ status: "ok" });
  }
});

test.each([
  ["fails", () => Promise.reject(new Error("password hunter2 is wrong"))],
  ["does not answer in time", () => new Promise<void>(() => {})],
])("is alive, but not ready, on a database that %s", async (_, ping) => {
  const app = await openApp(storeThatPings(ping));
  const response = await app.inject("/readyz");
  expect(response.statusCode).toBe(503);
  expect(response.headers["content-type"]).toContain("application/problem+json");
  expect(response.json().detail).toBe("the database does not answer");
  expect((await app.inject("/healthz")).statusCode).toBe(200);
});
