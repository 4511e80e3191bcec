import { knownServers, missing } from "../scripts/servers/known-servers.mjs";

/**
 * The path of a real server, or undefined if it is not available: skip the tests that need it, with
 * `describe.skipIf(!prometheus)`. In CI a missing server is an error.
 */
export async function realServer(name: keyof typeof knownServers): Promise<string | undefined> {
  const { find, variable } = knownServers[name];
  const found = await find();
  if (found !== undefined) return found;
  if (process.env.CI === "true") throw new Error(`${missing(name)} CI skips no test.`);
  // If the variable is set, `npm test` has already printed this once for all files.
  if (process.env[variable] === undefined) process.stderr.write(`${missing(name)}\n`);
  return undefined;
}
