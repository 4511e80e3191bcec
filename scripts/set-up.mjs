import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

export const repository = fileURLToPath(new URL("..", import.meta.url));

/** Makes a clone ready to run: checks the Node.js version, installs dependencies if needed, and builds. */
export async function setUp() {
  checkNode(process.versions.node, readJson(join(repository, "package.json")).engines.node);
  if (!isInstalled(repository)) await install();
  await build();
}

/**
 * @param {string} version
 * @param {string} wanted a range such as ">=20.19"
 */
export function checkNode(version, wanted) {
  const [major = 0, minor = 0] = numbers(version);
  const [wantedMajor = 0, wantedMinor = 0] = numbers(wanted);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new Error(`Narthex needs Node.js ${wanted}, and this is ${version}: install a newer one.`);
}

/** @param {string} version */
const numbers = (version) => version.replace(/^\D+/, "").split(".").map(Number);

/**
 * Whether `node_modules` has what the lock file asks for, according to the list that npm keeps there,
 * and the link of this package to its own name.
 *
 * @param {string} folder
 */
export function isInstalled(folder) {
  const modules = join(folder, "node_modules");
  const note = join(modules, ".package-lock.json");
  if (!existsSync(note) || !existsSync(join(modules, "narthex"))) return false;
  const installed = readJson(note).packages;
  return Object.entries(readJson(join(folder, "package-lock.json")).packages).every(
    ([path, wanted]) =>
      // npm's list does not contain the root, and optional packages may be for other platforms.
      path === "" ||
      wanted.optional ||
      (path in installed && installed[path].version === wanted.version),
  );
}

async function install() {
  console.log("Installing the dependencies (npm ci) …");
  await run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"], {
    cwd: repository,
    shell: process.platform === "win32",
  });
  // npm has already run this, unless its configuration forbids scripts.
  await import("./link-self.mjs");
}

/** @param {readonly string[]} [options] of tsc */
export async function build(options = []) {
  const compiler = join(repository, "node_modules/typescript/bin/tsc");
  const projects = ["tsconfig.build.json", "articles/tsconfig.build.json"];
  await run(process.execPath, [compiler, "--build", ...options, ...projects], { cwd: repository });
}

/** @param {string} file */
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));
