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

test("puts every operation under a heading that is described", async () => {
  const app = await openApp();
  const { paths, tags } = (await app.inject("/docs/json")).json();
  const used = Object.values<Record<string, { tags?: string[] }>>(paths).flatMap((methods) =>
    Object.values(methods).map((operation) => operation.tags?.join() ?? "none"),
  );
  const described = tags.map(({ name }: { name: string }) => name);
  expect([...new Set(used)].sort()).toEqual(described.sort());
});

test("shows them to people, under the service's own name and logo", async () => {
  const app = await openApp();
  const response = await app.inject("/docs");
  expect(response.statusCode).toBe(200);
  expect(response.headers["content-type"]).toContain("text/html");
  expect(response.body).toContain("<title>articles</title>");
  const { body: script } = await app.inject("/docs/static/swagger-initializer.js");
  const [, logo = ""] = /data:image\/svg\+xml;base64,([\w+/=]+)/.exec(script) ?? [];
  expect(Buffer.from(logo, "base64").toString()).toContain(">articles<");
  const icon = await app.inject("/docs/static/theme/icon.svg");
  expect(icon.headers["content-type"]).toContain("image/svg+xml");
});
