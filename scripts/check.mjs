import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fail } from "./fail.mjs";
import { repository } from "./repository.mjs";
import { run } from "./run.mjs";
import { setUp } from "./set-up.mjs";
import { step } from "./step.mjs";

/** @type {[name: string, check: () => Promise<unknown>][]} */
const checks = [
  ["biome", () => tool("@biomejs/biome/bin/biome", "ci", "--colors=off")],
  ["types", () => tool("typescript/bin/tsc", "--project", "tsconfig.json", "--noEmit")],
  [
    "types of the page",
    () => tool("typescript/bin/tsc", "--project", "src/live/page/tsconfig.json"),
  ],
  ["imports", checkImports],
  ["knip", () => tool("knip/bin/knip.js")],
  ["reference", () => run(process.execPath, ["scripts/docs.mjs", "--check"], { cwd: repository })],
  ["tests", tests],
  ["publint", () => tool("publint/src/cli.js", "--strict")],
  ["attw", () => tool("@arethetypeswrong/cli/dist/index.js", "--pack")],
];

process.env.NO_COLOR = "1";
await setUp().catch(fail);
console.log(`Checks: ${checks.map(([name]) => name).join(", ")}. Ctrl-C stops.`);
for (const [name, check] of checks) {
  await step(name, check, { ownOutput: check === tests }).catch((error) => {
    console.log(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}

/**
 * Runs a tool of the repository.
 *
 * @param {string} command its path in `node_modules`
 * @param {readonly string[]} args
 */
function tool(command, ...args) {
  const file = join(repository, "node_modules", command);
  return run(process.execPath, [file, ...args], { cwd: repository });
}

/** Checks who imports whom. Seeing no module is an error as well, because then nothing was checked. */
async function checkImports() {
  const folders = ["src", "articles/src", "scripts", "test", "bench", "examples"];
  const cruise = "dependency-cruiser/bin/dependency-cruise.mjs";
  const { stdout } = await tool(cruise, "--output-type", "json", ...folders);
  const { totalCruised, error, violations } = JSON.parse(stdout).summary;
  if (totalCruised === 0) throw new Error("dependency-cruiser saw no module");
  if (error === 0) return;
  /** @type {{ from: string, to: string, rule: { name: string } }[]} */
  const all = violations;
  throw new Error(all.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`).join("\n"));
}

/** All tests. They take minutes, so their own output is shown. */
async function tests() {
  const all = spawn(process.execPath, ["scripts/test.mjs"], { cwd: repository, stdio: "inherit" });
  const [code, signal] = await once(all, "exit");
  if (code !== 0) throw new Error(`the tests ended with ${signal ?? `code ${code}`}`);
}
