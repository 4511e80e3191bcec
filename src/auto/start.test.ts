import { expect, test } from "vitest";
import { isLauncher } from "./start.ts";

test.each([
  "/usr/local/bin/npm",
  "/usr/local/lib/node_modules/npm/bin/npm-cli.js",
  "/usr/local/bin/npx",
  "/home/me/.cache/node/corepack/v1/pnpm/10.0.0/bin/pnpm.cjs",
  "/app/.yarn/releases/yarn.js",
  "/app/node_modules/.bin/nodemon",
])("%s starts the application", (program) => {
  expect(isLauncher(program)).toBe(true);
});

test.each(["/app/server.js", "/app/npm/server.js", "/app/my-npm.js", "/app/npmrc.js", undefined])(
  "%s may be the application",
  (program) => {
    expect(isLauncher(program)).toBe(false);
  },
);
