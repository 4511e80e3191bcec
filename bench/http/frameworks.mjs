/** @import { Server } from "node:net" */
/** @import { Target } from "./targets.mjs" */

/**
 * The same application on a framework, without metrics, which comes first, and with several kinds.
 *
 * @typedef {object} Framework
 * @property {readonly string[]} packages whose versions are shown
 * @property {readonly Variant[]} variants
 */

/**
 * @typedef {object} Variant
 * @property {string} name empty for that without metrics
 * @property {Sample} [counts] what counts the users' requests on its page
 * @property {readonly Target[]} [targets]
 * @property {() => Promise<Server>} listen on a free port of 127.0.0.1
 */

/** @typedef {{ name: string, labels?: Record<string, string> }} Sample */

/**
 * A process loads only what it serves.
 *
 * @type {Record<string, () => Promise<Framework>>}
 */
const frameworks = {
  "node:http": async () => (await import("./servers/node.mjs")).node,
  Fastify: async () => (await import("./servers/fastify.mjs")).fastify,
  Hono: async () => (await import("./servers/hono.mjs")).hono,
  Express: async () => (await import("./servers/express.mjs")).express,
};

export const FRAMEWORKS = Object.keys(frameworks);

/** @param {string} name */
export async function loadFramework(name) {
  const load = frameworks[name];
  if (load === undefined) throw new Error(`${name} is none of ${FRAMEWORKS.join(", ")}`);
  return load();
}
