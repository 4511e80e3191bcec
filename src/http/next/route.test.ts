import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { nextRoute } from "./route.ts";

const SERVERS = Symbol.for("@next/router-server-methods");
const shared = globalThis as { [SERVERS]?: unknown };

afterEach(() => {
  delete shared[SERVERS];
});

/** A request as Next leaves it; without `meta`, one that Next never saw. */
function request(url: string, meta?: object): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.url = url;
  return meta ? Object.assign(message, { [Symbol.for("NextInternalRequestMeta")]: meta }) : message;
}

test("the page that Next found, as its files name it", () => {
  expect(nextRoute(request("/blog/a", { invokeOutput: "/blog/[slug]" }))).toBe("/blog/[slug]");
  expect(nextRoute(request("/", { invokeOutput: "/" }))).toBe("/");
});

test("a page that fails keeps its route, whatever page reports the failure", () => {
  const meta = { invokeOutput: "/legacy/[name]", invokePath: "/500", invokeStatus: 500 };
  expect(nextRoute(request("/legacy/a", meta))).toBe("/legacy/[name]");
});

test.each([
  ["that Next never saw", undefined],
  ["that no page took", { invokePath: "/_not-found", invokeStatus: 404 }],
  ["that a page refused", { invokeOutput: "/closed/[x]", invokeStatus: 404 }],
  ["that the middleware answered", { invokeOutput: "", middlewareInvoke: true }],
  ["that was redirected", { relativeProjectDir: "" }],
  ["that cannot be decoded", { invokePath: "/400", invokeStatus: 400 }],
])("a request %s has none", (_, meta) => {
  expect(nextRoute(request("/closed/a", meta))).toBeUndefined();
});

test("the files of the build are one route", () => {
  const chunk = "/_next/static/chunks/04iezbaj4d9o4.js";
  expect(nextRoute(request(chunk, {}))).toBe("/_next/static/*");
  expect(nextRoute(request(chunk, { invokeOutput: "" }))).toBe("/_next/static/*");
  expect(nextRoute(request(`/x${chunk}`, { invokeStatus: 404 }))).toBeUndefined();
  expect(nextRoute(request(`/?from=${chunk}`, {}))).toBeUndefined();
});

test("the base path stands before it, that of the server which answered", () => {
  shared[SERVERS] = {
    "": { nextConfig: { basePath: "" } },
    shop: { nextConfig: { basePath: "/shop" } },
  };
  const shop = { relativeProjectDir: "shop" };
  expect(nextRoute(request("/cart", { ...shop, invokeOutput: "/cart" }))).toBe("/shop/cart");
  expect(nextRoute(request("/", { ...shop, invokeOutput: "/" }))).toBe("/shop");
  expect(nextRoute(request("/shop/_next/static/a.js", shop))).toBe("/shop/_next/static/*");
  const other = { relativeProjectDir: "", invokeOutput: "/cart" };
  expect(nextRoute(request("/cart", other))).toBe("/cart");
});
