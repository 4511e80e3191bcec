import { expect, test } from "vitest";
import { openApp } from "../test/open-app.ts";

const known = "01a202c3-dfc2-7147-9926-65a5d0d2ddd4";

test.each([
  ["POST", "/", "GET, HEAD"],
  ["DELETE", "/articles", "GET, HEAD, POST"],
  ["OPTIONS", "/articles?limit=1", "GET, HEAD, POST"],
  ["PATCH", `/articles/${known}`, "DELETE, GET, HEAD, PUT"],
  ["POST", "/readyz", "GET, HEAD"],
] as const)("%s %s is answered with 405 and what is allowed", async (method, url, allow) => {
  const app = await openApp();
  const response = await app.inject({ method, url });
  expect(response.statusCode).toBe(405);
  expect(response.headers.allow).toBe(allow);
  expect(response.headers["content-type"]).toContain("application/problem+json");
  expect(response.json().detail).toContain(`does not take ${method}, only ${allow}`);
});

test.each(["/nope", "/articles/a/b", "/Articles", "//", "/docs/static/nope"])(
  "GET %s is answered with 404",
  async (url) => {
    const app = await openApp();
    const response = await app.inject(url);
    expect(response.statusCode).toBe(404);
    expect(response.headers).not.toHaveProperty("allow");
    expect(response.json()).toMatchObject({ status: 404, detail: `there is nothing at ${url}` });
  },
);

test("what matches no route is refused whatever its body", async () => {
  const app = await openApp();
  const headers = { "content-type": "application/json" };
  const body = "{".repeat(2 ** 21);
  const post = await app.inject({ method: "POST", url: "/nope", headers, body });
  expect(post.statusCode).toBe(404);
  const put = await app.inject({ method: "PUT", url: "/articles", headers, body });
  expect(put.statusCode).toBe(405);
});
