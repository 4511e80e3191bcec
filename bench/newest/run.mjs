import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPackageTools } from "../../scripts/servers/find-package-tools.mjs";
import { VARIABLE } from "./packages.mjs";

const main = fileURLToPath(new URL("../main.mjs", import.meta.url));
const resolve = new URL("resolve.mjs", import.meta.url).href;

/**
 * Runs the benchmark on the newest Node.js that the tests use, with packages that need it: the repository has
 * those that run on the oldest Node.js, too.
 *
 * @param {readonly string[]} args
 */
export async function runOnNewestNode(args) {
  const tools = await findPackageTools();
  if (tools === undefined) {
    throw new Error("npm could not install the newest Node.js: --node=this measures on this one");
  }
  const program = process.platform === "win32" ? "node.exe" : "node";
  const node = join(tools, "node/node_modules/node-24/bin", program);
  const env = {
    ...process.env,
    NODE_OPTIONS: `--import=${resolve}`,
    [VARIABLE]: join(tools, "bench"),
  };
  const child = spawn(node, [main, ...args, "--node=this"], { env, stdio: "inherit" });
  const [code, signal] = await once(child, "exit");
  if (code !== 0)
    throw new Error(`the benchmark on the newest Node.js ended with ${code ?? signal}`);
}
