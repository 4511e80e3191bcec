import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../scripts/repository.mjs";

/** Names the folder with the newest packages, in the processes of a benchmark on the newest Node.js. */
export const VARIABLE = "NARTHEX_BENCH_PACKAGES";

const folder = process.env[VARIABLE];

/** Whether this process runs on the newest Node.js, with the newest packages. */
export const isNewest = folder !== undefined;

/**
 * Versions by name: they take the place of those that the repository has.
 *
 * @type {Record<string, string>}
 */
export const newest = folder === undefined ? {} : manifestOf(folder).dependencies;

/**
 * The folder whose `node_modules` has a package.
 *
 * @param {string} name
 */
export function folderOf(name) {
  return folder !== undefined && name in newest ? folder : repository;
}

const { version } = manifestOf(repository);
const { dependencies, optionalDependencies } = manifestOf(join(repository, "bench"));

/**
 * A package's version: this one's own, or the one that is pinned.
 *
 * @param {string | undefined} name
 */
export function versionOf(name) {
  const pinned = { ...dependencies, ...optionalDependencies, ...newest, narthex: version };
  return String(pinned[String(name)]);
}

/** @param {string} folder */
function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
