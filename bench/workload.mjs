import { updates } from "./updates.mjs";

/**
 * @import { Format, Peer, PeerRegistry } from "./peers/peers.mjs"
 * @import { Loop, UpdateName } from "./updates.mjs"
 */

/**
 * A loop on a registry of its own, by name: so that one process can ask another for it.
 *
 * @typedef {object} WorkloadName
 * @property {UpdateName} update
 * @property {number} [size] label sets
 * @property {Format} [format]
 */

/** @typedef {{ run: Loop, size: number, registry: PeerRegistry }} Workload */

/**
 * @param {Peer} peer
 * @param {WorkloadName} name
 * @returns {Workload}
 */
export function openWorkload(peer, { update, size = 1, format = "text" }) {
  const registry = peer.open(format);
  return { run: updates[update](registry, size), size, registry };
}
