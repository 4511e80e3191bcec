import { join } from "node:path";
import { debianPackages } from "../debian-packages.mjs";
import { run } from "../run.mjs";
import { commandsOnPath } from "./commands-on-path.mjs";

/** The path of `prometheus`, or undefined if it is not available. */
export const findPrometheus = () => find("prometheus", "NARTHEX_PROMETHEUS");

/** The path of `promtool`, or undefined if it is not available. */
export const findPromtool = () => find("promtool", "NARTHEX_PROMTOOL");

/**
 * @param {string} name
 * @param {string} variable of the environment, which takes precedence; if it is empty, there is none
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

/** Debian's sid has Prometheus 3, trixie the last 2.x, and the host's own release an older version. */
async function* unpacked() {
  yield await debianPackages(["prometheus", "promtool"], "sid");
  yield await debianPackages(["prometheus", "promtool"], "trixie");
  // This package contains promtool or depends on it.
  yield await debianPackages(["prometheus"]);
}

/** @param {string} path */
async function majorVersion(path) {
  const printed = await run(path, ["--version"]).catch(() => undefined);
  // Some versions print it on stderr.
  const version = /version (\d+)\./.exec(`${printed?.stdout}${printed?.stderr}`)?.[1];
  return version === undefined ? undefined : Number(version);
}
