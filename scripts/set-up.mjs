import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build/build.mjs";
import { repository } from "./repository.mjs";
import { run } from "./run.mjs";
import { step } from "./step.mjs";

/** Makes a clone ready to run: checks the Node.js version, installs dependencies if needed, and builds. */
export async function setUp() {
  checkNode(process.versions.node, readJson(join(repository, "package.json")).engines.node);
  if (!isInstalled(repository)) await install();
  await build();
}

/**
 * @param {string} version
 * @param {string} wanted a range such as "^20.19.0 || >=22.12.0"
 */
export function checkNode(version, wanted) {
  if (wanted.split("||").some((range) => isIn(version, range.trim()))) return;
  throw new Error(`Narthex needs Node.js ${wanted}, and this is ${version}: install a newer one.`);
}

/**
 * @param {string} version
 * @param {string} range "^" or ">=" and a version
 */
function isIn(version, range) {
  const [major = 0, minor = 0] = numbers(version);
  const [wantedMajor = 0, wantedMinor = 0] = numbers(range);
  if (major === wantedMajor) return minor >= wantedMinor;
  return major > wantedMajor && !range.startsWith("^");
}

/** @param {string} version */
const numbers = (version) => version.replace(/^\D+/, "").split(".").map(Number);

/**
 * Whether `node_modules` has what the lock file asks for, according to the list that npm keeps there.
 *
 * @param {string} folder
 */
export function isInstalled(folder) {
  const note = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(note)) return false;
  const installed = readJson(note).packages;
  return Object.entries(readJson(join(folder, "package-lock.json")).packages).every(
    ([path, wanted]) =>
      // npm's list does not contain the root, and optional packages may be for other platforms.
      path === "" ||
      wanted.optional ||
      (path in installed && installed[path].version === wanted.version),
  );
}

function install() {
  return step("Installing the dependencies (npm ci)", async (show) => {
    let fetched = 0;
    /** @param {string} line of npm's log, such as `npm http fetch GET 200 https://…/pino-10.4.0.tgz 9ms` */
    const onLine = (line) => {
      if (/^npm http .*\.tgz\s/.test(line)) show(`${++fetched} packages fetched`);
    };
    const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=http"];
    await run("npm", args, {
      cwd: repository,
      shell: process.platform === "win32",
      onLine,
    }).catch(withoutRequests);
  });
}

/**
 * Leaves out of npm's error what it fetched.
 *
 * @param {Error} error
 */
function withoutRequests({ message }) {
  throw new Error(message.replace(/^npm http .*\n?/gm, ""));
}

/** @param {string} file */
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));
