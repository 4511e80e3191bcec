import { knownServers, missing } from "../scripts/servers/known-servers.mjs";

/**
 * Where a real server's command is, or undefined where it is not to be had: the tests that need it
 * are then skipped, `describe.skipIf(!prometheus)`. In CI a missing server is an error.
 */
export async function realServer(name: keyof typeof knownServers): Promise<string | undefined> {
  const { find, variable } = knownServers[name];
  const found = await find();
  if (found !== undefined) return found;
  if (process.env.CI === "true") throw new Error(`${missing(name)} CI skips no test.`);
  // `npm test` has set the variable, and said it once for all files.
  if (process.env[variable] === undefined) process.stderr.write(`${missing(name)}\n`);
  return undefined;
}
