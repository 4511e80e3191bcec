/**
 * @import { Server } from "node:net"
 * @import { Overhead, Target } from "../targets.mjs"
 */

/**
 * The same application on a framework: first without metrics, then with several kinds of them.
 *
 * @typedef {object} Framework
 * @property {readonly string[]} packages whose versions the results name
 * @property {readonly Variant[]} variants
 */

/**
 * @typedef {object} Variant
 * @property {string} name empty without metrics
 * @property {{ name: string, labels?: Record<string, string> }} [counts] what counts the application's
 *   requests on its page
 * @property {readonly Target<Overhead>[]} [targets]
 * @property {() => Promise<Server>} listen on a free port of 127.0.0.1
 */

/**
 * Each is imported only by the process that serves it.
 *
 * @type {Record<string, () => Promise<Framework>>}
 */
export const frameworks = {
  "node:http": async () => (await import("./servers/node.mjs")).node,
  Fastify: async () => (await import("./servers/fastify.mjs")).fastify,
  Hono: async () => (await import("./servers/hono.mjs")).hono,
  Express: async () => (await import("./servers/express.mjs")).express,
};

/** @param {string} name */
export async function loadFramework(name) {
  const load = frameworks[name];
  if (load === undefined)
    throw new Error(`${name} is none of ${Object.keys(frameworks).join(", ")}`);
  return load();
}
