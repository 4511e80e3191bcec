import { createRequire } from "node:module";
import { narthex } from "./narthex.mjs";
import { openTelemetry } from "./open-telemetry.mjs";
import { promClient } from "./prom-client.mjs";

/**
 * A metrics library, and how its registries are used. Where a library has the method itself, its
 * objects are handed out as they are: nothing stands between the loops and what they measure.
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {readonly string[]} packages what a user imports
 * @property {readonly Format[]} formats
 * @property {(format: Format) => PeerRegistry} open
 */

/** @typedef {{ name: string, version: string, why: string }} LeftOut */
/** @typedef {"text" | "openmetrics" | "protobuf"} Format */
/** @typedef {Record<string, string | number | boolean | undefined>} Labels */

/**
 * @typedef {object} PeerRegistry
 * @property {(name: string, labelNames: string[]) => PeerCounter} counter named without `_total`
 * @property {(name: string, labelNames: string[]) => PeerGauge} gauge
 * @property {(name: string, labelNames: string[], bounds: number[]) => PeerHistogram} histogram
 * @property {(name: string, labelNames: string[]) => PeerHistogram} [summary]
 * @property {(name: string, labelNames: string[]) => PeerHistogram} [nativeHistogram] no classic buckets
 * @property {() => void} [useOwnTypes] uses what no other peer has
 * @property {() => Promise<string | Uint8Array>} page
 */

/**
 * @typedef {{
 *   inc(labels: Labels, value?: number): void,
 *   labels(labels: Labels): { inc(value?: number): void },
 * }} PeerCounter
 * @typedef {{
 *   set(labels: Labels, value: number): void,
 *   labels(labels: Labels): { set(value: number): void },
 * }} PeerGauge
 * @typedef {{
 *   observe(labels: Labels, value: number | undefined): void,
 *   labels(labels: Labels): { observe(value: number | undefined): void },
 * }} PeerHistogram
 */

const require = createRequire(import.meta.url);
const { dependencies, optionalDependencies } = require("../package.json");
const { version } = require("../../package.json");

/**
 * A package's version: this one's own, or what is pinned.
 *
 * @param {string | undefined} name
 */
export function versionOf(name) {
  return String({ narthex: version, ...dependencies, ...optionalDependencies }[String(name)]);
}

/**
 * Clients with the API of prom-client. The newest wants a Node.js that is newer than what this package
 * needs: there, it is not installed.
 *
 * @type {Record<string, () => Promise<any>>}
 */
const promClients = {
  "prom-client": () => import("prom-client"),
  "@platformatic/prom-client": () => import("@platformatic/prom-client"),
  "@prometheus-io/client": () => import(/** @type {string} */ ("@prometheus-io/client")),
};

/**
 * All peers that run here, this package first, and those that do not.
 *
 * @returns {Promise<{ peers: Peer[], leftOut: LeftOut[] }>}
 */
export async function loadPeers() {
  const peers = [narthex];
  const leftOut = [];
  for (const [name, load] of Object.entries(promClients)) {
    try {
      peers.push(promClient(name, (await load()).default));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) {
        throw error;
      }
      const why = `it does not install on Node.js ${process.versions.node}`;
      leftOut.push({ name, version: versionOf(name), why });
    }
  }
  peers.push(openTelemetry);
  return { peers, leftOut };
}
