import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, debianPackages } from "../debian-packages.mjs";
import { run } from "../run.mjs";
import { commandsOnPath } from "./commands-on-path.mjs";

/** Its names on PATH: the shell without a window comes first, as it starts sooner. */
const COMMANDS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** In Debian's package, the command itself is a script that knows its libraries only when installed. */
const UNPACKED = "usr/lib/chromium/chromium-headless-shell";

/** The path of Chromium, or undefined if it is not available. */
export async function findChromium() {
  const given = process.env.NARTHEX_CHROMIUM;
  if (given === "") return undefined;
  if (given !== undefined) {
    if (await runs(given)) return given;
    throw new Error(
      `NARTHEX_CHROMIUM is "${given}", which does not run: give the path of chromium.`,
    );
  }
  for (const path of COMMANDS.flatMap(commandsOnPath)) if (await runs(path)) return path;
  // Without a font, a page has no text that could be looked at.
  const root = await debianPackages(["chromium-headless-shell", "fonts-dejavu-core"]);
  const path = root && join(root, UNPACKED);
  return path && (await runs(path)) ? path : undefined;
}

/** @param {string} path */
const runs = (path) =>
  run(path, ["--version"], { env: chromiumEnvironment(path) }).then(
    () => true,
    () => false,
  );

/**
 * The environment that Chromium needs: the libraries and fonts of a package that we unpacked are beside it.
 *
 * @param {string} path
 * @returns {Record<string, string>}
 */
export function chromiumEnvironment(path) {
  const environment = /** @type {Record<string, string>} */ ({ ...process.env });
  if (!path.startsWith(cacheFolder())) return environment;
  const root = path.slice(0, -UNPACKED.length);
  const libraries = ["usr/lib", "lib"]
    .map((name) => join(root, name))
    .filter(existsSync)
    .flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
    .filter((folder) => folder.includes("-linux-"))
    .flatMap((folder) => [folder, join(folder, "pulseaudio")]);
  return {
    ...environment,
    LD_LIBRARY_PATH: libraries.join(":"),
    XDG_DATA_HOME: join(root, "usr/share"),
    ...(existsSync(join(root, "etc/fonts")) && { FONTCONFIG_PATH: join(root, "etc/fonts") }),
  };
}
