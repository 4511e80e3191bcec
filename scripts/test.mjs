import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTests } from "./count-tests.mjs";
import { fail } from "./fail.mjs";
import { repository } from "./repository.mjs";
import { knownServers, missing } from "./servers/known-servers.mjs";
import { setUp } from "./set-up.mjs";

await setUp().catch(fail);
await findServers().catch(fail);

const folder = mkdtempSync(join(tmpdir(), "narthex-tests-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const report = join(folder, "report.json");
const status = await vitest(report);
const { passed, failed, skipped } = countTests(report);
if (passed + failed === 0) console.error("No test was run.");
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = status || (passed === 0 ? 1 : 0);

/**
 * Finds or downloads the real servers before the tests' timeouts start, and sets the variables that name them. What one
 * file alone needs is installed by that file, beside the tests of others.
 */
async function findServers() {
  const { ecosystem: _, ...others } = knownServers;
  const names = /** @type {(keyof typeof others)[]} */ (Object.keys(others));
  // At once, as downloads mostly wait.
  const search = names.map(async (name) => {
    const { find, variable } = knownServers[name];
    const found = await find();
    if (found === undefined && process.env.CI !== "true") {
      console.log(`${missing(name)} Its tests are skipped.`);
    }
    process.env[variable] = found ?? "";
  });
  await Promise.all(search);
}

/** @param {string} report */
async function vitest(report) {
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const command = join(repository, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [command, ...args, ...process.argv.slice(2)], {
    cwd: repository,
    stdio: "inherit",
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.on(signal, () => child.kill(signal));
  }
  const [code] = await once(child, "exit");
  return /** @type {number | null} */ (code) ?? 1;
}
