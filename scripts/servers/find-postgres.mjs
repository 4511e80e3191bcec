import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { cacheFolder, debianPackages } from "../debian-packages.mjs";
import { run } from "../run.mjs";
import { commandsOnPath } from "./commands-on-path.mjs";
import { nobody } from "./nobody.mjs";

/** The folder of PostgreSQL's server commands, or undefined where they are not to be had. */
export async function findPostgres() {
  const given = process.env.NARTHEX_POSTGRES_BIN;
  if (given === "") return undefined;
  if (given !== undefined) {
    if (await runs(given)) return given;
    throw new Error(
      `NARTHEX_POSTGRES_BIN is "${given}", where no postgres runs: give the folder that has postgres and initdb.`,
    );
  }
  for await (const folder of folders()) if (await runs(folder)) return folder;
  return undefined;
}

async function* folders() {
  yield* commandsOnPath("postgres").map(dirname);
  yield* debianFolders("/");
  const unpacked = await debianPackages(["postgresql"]);
  if (unpacked !== undefined) yield* debianFolders(unpacked);
}

/**
 * Debian and Ubuntu keep the server commands off PATH, a folder a version. The newest comes first.
 *
 * @param {string} root
 */
function debianFolders(root) {
  const versions = join(root, "usr/lib/postgresql");
  if (!existsSync(versions)) return [];
  const newestFirst = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(versions, version, "bin"));
}

/** @param {string} folder */
const runs = (folder) =>
  existsSync(join(folder, "initdb")) &&
  run(join(folder, "postgres"), ["--version"], asServer(folder)).then(
    () => true,
    () => false,
  );

/**
 * The user and the environment, as options of `spawn`, that the commands in a folder need.
 *
 * @param {string} folder
 */
export const asServer = (folder) => ({
  ...nobody,
  env: { ...process.env, LC_ALL: "C", ...librariesOf(folder) },
});

/**
 * Unpacked packages have their libraries beside them.
 *
 * @param {string} folder
 */
function librariesOf(folder) {
  if (!folder.startsWith(cacheFolder())) return {};
  const libraries = ["lib", "usr/lib"]
    .map((name) => resolve(folder, "../../../../..", name))
    .filter(existsSync)
    .flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
    .filter((path) => path.includes("-linux-"));
  return { LD_LIBRARY_PATH: libraries.join(":") };
}
