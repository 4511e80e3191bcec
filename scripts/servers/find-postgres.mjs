import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { cacheFolder, debianPackages } from "../debian-packages.mjs";
import { run } from "../run.mjs";
import { commandsOnPath } from "./commands-on-path.mjs";
import { nobody } from "./nobody.mjs";

/** The folder of PostgreSQL's server commands, or undefined if they are not available. */
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
 * Debian and Ubuntu keep the server commands outside of PATH, in one folder per version. Newest first.
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
 * The options of `spawn` with the user and the environment that the commands in a folder need.
 *
 * @param {string} folder
 */
export const asServer = (folder) => ({
  ...nobody,
  env: { ...process.env, LC_ALL: "C", ...librariesOf(folder) },
});

/**
 * The libraries of a package that we unpacked are in the same root folder as its commands.
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
