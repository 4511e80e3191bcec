import { expect, test } from "vitest";
import { openApp } from "../../test/open-app.ts";
import type { Article } from "../store/article-store.ts";

type App = Awaited<ReturnType<typeof openApp>>;

const post = (app: App, body: object) => app.inject({ method: "POST", url: "/articles", body });

test("an article is added, read, replaced and deleted", async () => {
  const app = await openApp();
  const draft = { title: `"Quotes",\nlines & 🦊`, body: "text", author: "Zoë" };
  const added = await post(app, draft);
  expect(added.statusCode).toBe(201);
  const article: Article = added.json();
  expect(article).toEqual({
    ...draft,
    id: article.id,
    createdAt: article.createdAt,
    updatedAt: article.createdAt,
  });
  const url = `/articles/${article.id}`;
  expect(added.headers.location).toBe(url);
  expect((await app.inject(url)).json()).toEqual(article);

  const replaced = await app.inject({ method: "PUT", url, body: { title: "new", body: "" } });
  expect(replaced.statusCode).toBe(200);
  expect(replaced.json()).toEqual({
    id: article.id,
    title: "new",
    body: "",
    createdAt: article.createdAt,
    updatedAt: expect.any(String),
  });
  expect((await app.inject(url)).json()).toEqual(replaced.json());

  const deleted = await app.inject({ method: "DELETE", url });
  expect([deleted.statusCode, deleted.body]).toEqual([204, ""]);
  for (const method of ["GET", "DELETE"] as const) {
    expect((await app.inject({ method, url })).statusCode).toBe(404);
  }
  const tooLate = await app.inject({ method: "PUT", url, body: { title: "new", body: "" } });
  expect(tooLate.statusCode).toBe(404);
});

test("lists pages of articles, newest first, also of one author", async () => {
  const app = await openApp();
  expect((await app.inject("/articles")).json()).toEqual({ items: [] });
  for (let n = 0; n < 25; n++) await post(app, { title: `${n}`, body: "", author: `a&${n % 2}` });
  const list = async (query: Record<string, string>) => {
    const page = (await app.inject({ url: "/articles", query })).json();
    return { titles: page.items.map(({ title }: Article) => Number(title)), next: page.next };
  };
  const first = await list({});
  expect(first.titles).toEqual(Array.from({ length: 20 }, (_, n) => 24 - n));
  expect(await list({ cursor: first.next })).toEqual({ titles: [4, 3, 2, 1, 0] });

  const odd = await list({ author: "a&1", limit: "6" });
  expect(odd.titles).toEqual([23, 21, 19, 17, 15, 13]);
  // The last page is full, and says so all the same.
  expect(await list({ author: "a&1", limit: "6", cursor: odd.next })).toEqual({
    titles: [11, 9, 7, 5, 3, 1],
  });
  expect(await list({ author: "nobody" })).toEqual({ titles: [] });
});

test("answers HEAD as GET, without the body", async () => {
  const app = await openApp();
  const { id } = (await post(app, { title: "a", body: "b" })).json();
  for (const url of ["/", "/articles", `/articles/${id}`, "/healthz", "/readyz"]) {
    const get = await app.inject(url);
    const head = await app.inject({ method: "HEAD", url });
    expect([head.statusCode, head.body]).toEqual([200, ""]);
    expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
    expect(head.headers["content-type"]).toBe(get.headers["content-type"]);
  }
});

test("a failure of the database is a problem that tells nothing of its reason", async () => {
  const fail = () => Promise.reject(new Error("password hunter2 is wrong"));
  const app = await openApp({ add: fail } as never);
  const response = await post(app, { title: "a", body: "b" });
  expect(response.statusCode).toBe(500);
  expect(response.json()).toEqual({
    type: "about:blank",
    title: "Internal Server Error",
    status: 500,
    detail: "the service failed; its log has the reason under this request's id",
    instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  });
});
