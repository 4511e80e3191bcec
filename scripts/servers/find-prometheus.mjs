import { join } from "node:path";
import { debianPackages } from "../debian-packages.mjs";
import { run } from "../run.mjs";
import { commandsOnPath } from "./commands-on-path.mjs";

/** The path of `prometheus`, or undefined if it is not available. */
export const findPrometheus = () => find("prometheus", "NARTHEX_PROMETHEUS");

/** The path of `promtool`, or undefined if it is not available. */
export const findPromtool = () => find("promtool", "NARTHEX_PROMTOOL");

/** The path of node_exporter, or undefined if it is not available. */
export const findNodeExporter = () =>
  find("prometheus-node-exporter", "NARTHEX_NODE_EXPORTER", { alias: "node_exporter", oldest: 1 });

/** The path of the Pushgateway, or undefined if it is not available. */
export const findPushgateway = () =>
  find("prometheus-pushgateway", "NARTHEX_PUSHGATEWAY", {
    alias: "pushgateway",
    oldest: 1,
    packages: ["prometheus-pushgateway"],
  });

/**
 * @param {string} name the one that Debian gives it
 * @param {string} variable of the environment, which takes precedence; if it is empty, there is none
 * @param {object} [other]
 * @param {string} [other.alias] its name elsewhere
 * @param {number} [other.oldest] the oldest major version that is taken from PATH
 * @param {readonly string[]} [other.packages] those of Debian's that are unpacked together
 */
async function find(name, variable, { alias = name, oldest = 3, packages = PACKAGES } = {}) {
  const given = process.env[variable];
  if (given === "") return undefined;
  if (given !== undefined) {
    if ((await majorVersion(given)) !== undefined) return given;
    throw new Error(`${variable} is "${given}", which does not run: give the path of ${name}.`);
  }
  for (const path of [...new Set([name, alias])].flatMap(commandsOnPath)) {
    const version = await majorVersion(path);
    if (version !== undefined && version >= oldest) return path;
  }
  for await (const root of unpacked(packages)) {
    const path = root && join(root, "usr/bin", name);
    if (path && (await majorVersion(path)) !== undefined) return path;
  }
  return undefined;
}

const PACKAGES = ["prometheus", "promtool", "prometheus-node-exporter"];

/**
 * Debian's sid has Prometheus 3, trixie the last 2.x, and the host's own release an older version.
 *
 * @param {readonly string[]} packages
 */
async function* unpacked(packages) {
  yield await debianPackages(packages, "sid");
  yield await debianPackages(packages, "trixie");
  // The package of Prometheus contains promtool or depends on it.
  yield await debianPackages(packages.slice(0, 1));
}

/** @param {string} path */
async function majorVersion(path) {
  const printed = await run(path, ["--version"]).catch(() => undefined);
  // Some versions print it on stderr.
  const version = /version (\d+)\./.exec(`${printed?.stdout}${printed?.stderr}`)?.[1];
  return version === undefined ? undefined : Number(version);
}
