import { join } from "node:path";
import { debianPackages } from "../debian-packages.mjs";
import { run } from "../run.mjs";
import { commandsOnPath } from "./commands-on-path.mjs";

/** Where `prometheus` is, or undefined where it is not to be had. */
export const findPrometheus = () => find("prometheus", "NARTHEX_PROMETHEUS");

/** Where `promtool` is, or undefined where it is not to be had. */
export const findPromtool = () => find("promtool", "NARTHEX_PROMTOOL");

/**
 * @param {string} name
 * @param {string} variable of the environment, whose word is final; empty: it is not to be had
 */
async function find(name, variable) {
  const given = process.env[variable];
  if (given === "") return undefined;
  if (given !== undefined) {
    if ((await majorVersion(given)) !== undefined) return given;
    throw new Error(`${variable} is "${given}", which does not run: give the path of ${name}.`);
  }
  for (const path of commandsOnPath(name)) {
    const version = await majorVersion(path);
    if (version !== undefined && version >= 3) return path;
  }
  for await (const root of unpacked()) {
    const path = root && join(root, "usr/bin", name);
    if (path && (await majorVersion(path)) !== undefined) return path;
  }
  return undefined;
}

/** Debian's sid has Prometheus 3, trixie the last 2, and the host's own release an older one. */
async function* unpacked() {
  yield await debianPackages(["prometheus", "promtool"], "sid");
  yield await debianPackages(["prometheus", "promtool"], "trixie");
  // With promtool within, or as a dependency.
  yield await debianPackages(["prometheus"]);
}

/** @param {string} path */
async function majorVersion(path) {
  const printed = await run(path, ["--version"]).catch(() => undefined);
  // Some print it on stderr.
  const version = /version (\d+)\./.exec(`${printed?.stdout}${printed?.stderr}`)?.[1];
  return version === undefined ? undefined : Number(version);
}
