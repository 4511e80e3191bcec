import { expect, test } from "vitest";
import { openApp } from "../../test/open-app.ts";

test("describes every route under the name of its handler", async () => {
  const app = await openApp();
  const { paths } = (await app.inject("/docs/json")).json();
  const operations = Object.entries<Record<string, { operationId: string }>>(paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method, path]),
  );
  expect(Object.fromEntries(operations.map(([id, ...where]) => [id, where]))).toMatchObject({
    hello: ["get", "/"],
    add_article: ["post", "/articles"],
    list_articles: ["get", "/articles"],
    get_article: ["get", "/articles/{id}"],
    replace_article: ["put", "/articles/{id}"],
    delete_article: ["delete", "/articles/{id}"],
    healthz: ["get", "/healthz"],
    readyz: ["get", "/readyz"],
  });
});

test("shows them to people", async () => {
  const app = await openApp();
  const response = await app.inject("/docs");
  expect(response.statusCode).toBe(200);
  expect(response.headers["content-type"]).toContain("text/html");
});
