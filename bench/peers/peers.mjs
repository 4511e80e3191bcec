import { versionOf } from "../newest/packages.mjs";
import { TaskProcess } from "../task-process.mjs";
import { narthex, narthexInThreads } from "./narthex.mjs";
import { openTelemetry } from "./open-telemetry.mjs";
import { promClient } from "./prom-client.mjs";

/** @import * as Tasks from "./process.mjs" */

/**
 * A metrics library, and how its registries are used. Where a library has a method itself, its objects
 * are returned as they are, so that nothing stands between the loops and what they measure.
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {readonly string[]} packages what a user imports
 * @property {readonly Format[]} formats
 * @property {(format: Format) => PeerRegistry} open
 * @property {() => () => Promise<string>} [openCluster] in the primary process of a cluster, if that one makes the page
 *   of all workers: returns what makes it
 */

/** @typedef {"text" | "openmetrics" | "protobuf"} Format */
/** @typedef {Record<string, string | number | boolean | undefined>} Labels */
/** @typedef {Record<string, readonly string[] | StringConstructor>} ClosedLabels */

/**
 * @typedef {object} PeerRegistry
 * @property {(name: string, labelNames: string[]) => PeerCounter} counter named without `_total`
 * @property {(name: string, labels: ClosedLabels) => PeerCounter} [closedCounter]
 * @property {(name: string, labelNames: string[]) => PeerGauge} gauge
 * @property {(name: string, labelNames: string[], bounds: number[]) => PeerHistogram} histogram
 * @property {(name: string, labelNames: string[]) => PeerHistogram} [summary]
 * @property {(name: string, labelNames: string[]) => PeerHistogram} [nativeHistogram] without classic buckets
 * @property {() => void} [useOwnTypes] uses the types that no other peer has
 * @property {() => Promise<string | Uint8Array>} page
 * @property {() => void} [release] gives back the memory of the last page, whose bytes nobody reads any more
 * @property {() => Promise<unknown>} [json]
 * @property {() => void} [joinCluster] in a worker of a cluster: shows what all workers have, or gives it to the primary
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

/**
 * All peers, in the order of the table: this package comes first. A package that needs a newer Node.js
 * than this one is not installed.
 *
 * @type {Record<string, () => Peer | Promise<Peer>>}
 */
export const all = {
  narthex: () => narthex,
  "prom-client": async () => promClient("prom-client", await import("prom-client")),
  "@platformatic/prom-client": async () =>
    promClient("@platformatic/prom-client", await import("@platformatic/prom-client")),
  "@prometheus-io/client": async () =>
    promClient(
      "@prometheus-io/client",
      await import(/** @type {string} */ ("@prometheus-io/client")),
    ),
  OpenTelemetry: () => openTelemetry,
};

/** The API of prom-client that this package has. */
export const FACADE = "narthex/prom-client";
export const loadFacade = async () => promClient(FACADE, await import("narthex/prom-client"));

/** This package in a thread of a group. */
export const IN_THREADS = "narthex/threads";

/** @type {Record<string, () => Peer | Promise<Peer>>} Measured as if they were peers, in rows of their own. */
export const variants = { [FACADE]: loadFacade, [IN_THREADS]: () => narthexInThreads };

/**
 * The peers that run here, and a sentence about each that does not.
 *
 * @returns {Promise<{ peers: Peer[], leftOut: string[] }>}
 */
export async function loadPeers() {
  const peers = [];
  const leftOut = [];
  for (const [name, load] of Object.entries(all)) {
    try {
      peers.push(await load());
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) {
        throw error;
      }
      const why = `it does not install on Node.js ${process.versions.node}`;
      leftOut.push(`${name} ${versionOf(name)} is left out: ${why}.`);
    }
  }
  return { peers, leftOut };
}

/** @typedef {TaskProcess<typeof Tasks>} PeerProcess */

/**
 * Starts a process that measures one peer.
 *
 * @param {string} name
 * @param {readonly string[]} [nodeOptions]
 */
export async function startPeer(name, nodeOptions = []) {
  const file = new URL("process.mjs", import.meta.url);
  /** @type {PeerProcess} */
  const started = await TaskProcess.start(file, { nodeOptions: ["--expose-gc", ...nodeOptions] });
  await started.call("prepare", name);
  return started;
}
