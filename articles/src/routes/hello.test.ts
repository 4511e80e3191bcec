import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { openApp } from "../../test/open-app.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

const ask = async (accept?: string) =>
  (await openApp()).inject({ url: "/", headers: accept === undefined ? {} : { accept } });

test.each([
  undefined,
  "*/*",
  "text/plain",
  "text/plain, text/html;q=0.9",
  "application/json",
  "text/html;q=0, */*",
  "nonsense",
])("says hello in plain text to who accepts %s", async (accept) => {
  const { statusCode, body, headers } = await ask(accept);
  expect(statusCode).toBe(200);
  expect(body).toBe("Hello, World!");
  expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(headers.vary).toBe("accept");
});

test("shows a browser where everything is", async () => {
  const { body, headers } = await ask(BROWSER);
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers.vary).toBe("accept");
  expect(body).toContain("Hello, World!");
  const app = await openApp();
  const links = [...body.matchAll(/href="([^"]+)"/g)].map(([, path]) => path!);
  expect(links.sort()).toEqual(["/articles", "/docs", "/healthz", "/metrics", "/readyz"]);
  for (const link of links) expect((await app.inject(link)).statusCode, link).toBe(200);
});

test("the page's own style is all that a browser may apply", async () => {
  const { body, headers } = await ask(BROWSER);
  const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  expect(headers["content-security-policy"]).toContain(`style-src 'sha256-${hash}'`);
});
