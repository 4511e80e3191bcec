import { expect, test } from "vitest";
import { extendedModule, lineFor } from "./extended-module.ts";

const koa = "/app/node_modules/koa/lib/application.js";

test.each([
  koa,
  "C:\\app\\node_modules\\koa\\lib\\application.js",
  "file:///app/node_modules/.pnpm/hono@4.0.0/node_modules/hono/dist/context.js?again#1",
  "/app/node_modules/hono/dist/cjs/context.js",
])("%s gets a line", (module) => {
  expect(lineFor(module)).toMatch(/^\n.*\n$/);
});

test.each([
  "/app/lib/application.js",
  "/app/node_modules/mykoa/lib/application.js",
  "/app/node_modules/koa/lib/application.js.map",
  "file:///app/node_modules/hono/dist/helper/ssg/context.js",
])("%s gets none", (module) => {
  expect(lineFor(module)).toBeUndefined();
});

test("the source of a module is extended, whatever it is kept in", () => {
  const bytes = new TextEncoder().encode("1;");
  expect(extendedModule(koa, { format: "commonjs", source: "1;" })).toEqual({
    format: "commonjs",
    source: `1;${lineFor(koa)}`,
  });
  expect(extendedModule(koa, { format: "commonjs", source: bytes }).source).toBe(
    `1;${lineFor(koa)}`,
  );
});

test("a module that is not known, or is loaded by another loader, stays as it is", () => {
  const own = { format: "module", source: "1;" };
  const elsewhere = { format: "commonjs", source: null };
  expect(extendedModule("file:///app/server.js", own)).toBe(own);
  expect(extendedModule(koa, elsewhere as never)).toBe(elsewhere);
});

test("a line that doesn't fit does not break its module", () => {
  const source = `const Context = class {}; ${lineFor("/node_modules/hono/dist/context.js")} done = 1;`;
  expect(() => new Function("done", source)()).not.toThrow();
});
