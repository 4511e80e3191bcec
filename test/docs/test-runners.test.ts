import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Project } from "../package/matrix/project.ts";
import { realServer } from "../real-servers.ts";
import { repository } from "./code-blocks.ts";
import { writeIn, written } from "./program.ts";

const PAGE = "docs/recipes/testing.md";
const tools = await realServer("package-tools");

test("the tests of the page pass with vitest", async () => {
  const root = await written(PAGE);
  await writeIn(root, "vitest.config.js", "export default {};"); // not the repository's
  const command = join(repository, "node_modules/vitest/vitest.mjs");
  const files = ["orders", "shared", "matchers", "requests", "lint"].map(
    (name) => `${name}.test.js`,
  );
  const args = [command, "run", "--root", root, "--no-isolate", "--maxWorkers=1", ...files];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env.PATH, NO_COLOR: "1" },
  });
  expect(stdout).toContain("8 passed");
});

test.skipIf(!tools)("the test of the page passes with Jest", async () => {
  const rootDir = await written(PAGE);
  const jest = new Project(rootDir, tools!).tool("jest-30", "jest/bin/jest.js");
  const args = [jest, "--rootDir", rootDir, "--transform={}", "orders.spec.cjs"];
  const { stderr } = await promisify(execFile)(process.execPath, args, {
    cwd: rootDir,
    env: { PATH: process.env.PATH },
  });
  expect(stderr).toContain("1 passed, 1 total");
});
