import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../..");
const folder = process.env.NARTHEX_CONFORMANCE ?? resolve(repository, "../shared/conformance");

/**
 * Reads test vectors of other projects, which are kept outside of the repository.
 *
 * @param name the file's name without `.json`
 * @returns undefined if they are not available: their tests are then skipped. In CI that is an
 *   error.
 */
export function vectors<T = unknown>(name: string): T | undefined {
  const file = join(folder, `${name}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as T;
  const missing = `There are no test vectors ${name}.json here: set NARTHEX_CONFORMANCE to the folder that has them.`;
  if (process.env.CI === "true") throw new Error(`${missing} CI skips no test.`);
  process.stderr.write(`${missing}\n`);
  return undefined;
}
