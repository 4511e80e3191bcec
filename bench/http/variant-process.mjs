import { countedOn } from "../samples.mjs";
import { TaskProcess } from "../task-process.mjs";
import { cpuSeconds } from "./cores.mjs";
import { loadFramework } from "./frameworks.mjs";

/**
 * @import { AddressInfo } from "node:net"
 * @import { Scale } from "../scale.mjs"
 * @import { Cores } from "./cores.mjs"
 * @import { Variant } from "./frameworks.mjs"
 * @import * as Load from "./load.mjs"
 * @import * as Tasks from "./variant-process.mjs"
 */

/** @typedef {{ scale: Scale["http"], cores: Cores, client: TaskProcess<typeof Load> }} Measuring */

/** @typedef {Awaited<ReturnType<typeof startVariant>>} VariantProcess */
/** @typedef {Awaited<ReturnType<VariantProcess["turn"]>>} Turn */

/**
 * Starts a process that serves a variant.
 *
 * @param {string} framework
 * @param {Variant} variant
 * @param {Measuring} measuring
 */
export async function startVariant(framework, { name, counts }, { scale, cores, client }) {
  const prefix = cores.server;
  /** @type {TaskProcess<typeof Tasks>} */
  const server = await TaskProcess.start(new URL(import.meta.url), { prefix });
  const port = await server.call("listen", framework, name);
  let sent = 0;

  /** Lets the client send requests for so long. Server and client are busy for a part of that time. */
  async function serve(/** @type {number} */ ms) {
    await client.call("open", port, scale.connections);
    const before = await server.call("cpuSeconds");
    const { requests, seconds, cpuSeconds } = await client.call("run", ms);
    const used = (await server.call("cpuSeconds")) - before;
    sent += await client.call("close");
    return {
      requestsPerSecond: requests / seconds,
      /** Of the server, for each request. */
      cpuMicros: (1e6 * used) / requests,
      serverBusy: used / seconds,
      clientBusy: cpuSeconds / seconds,
    };
  }

  /** Fails where the page does not count all requests: then the server did less than it should. */
  async function checkCount() {
    if (counts === undefined) return;
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const counted = countedOn(page, counts);
    if (counted === sent) return;
    throw new Error(`${name} counts ${counted} requests on its page, where ${sent} were sent`);
  }

  return {
    name,
    checkCount,
    /** Serves for a while, with a scrape in between. */
    async warm() {
      await serve(scale.warmMs / 2);
      await checkCount();
      await serve(scale.warmMs / 2);
    },
    turn: () => serve(scale.turnMs),
    stop: () => server.stop(),
  };
}

// In the server's process:

/**
 * Returns the port.
 *
 * @param {string} framework
 * @param {string} name
 */
export async function listen(framework, name) {
  // Frameworks read it when they are imported.
  process.env.NODE_ENV = "production";
  const { variants } = await loadFramework(framework);
  const variant = variants.find((one) => one.name === name);
  if (variant === undefined) throw new Error(`${framework} has no variant ${name}`);
  const server = await variant.listen();
  return /** @type {AddressInfo} */ (server.address()).port;
}

export { cpuSeconds };
