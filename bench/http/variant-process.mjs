import { TaskProcess } from "../task-process.mjs";
import { countedOn } from "./counted.mjs";

/**
 * @import { ClientTasks } from "./client.mjs"
 * @import { Cores } from "./cores.mjs"
 * @import { Variant } from "./frameworks.mjs"
 * @import { HttpScale } from "./scale.mjs"
 * @import { ServerTasks } from "./server.mjs"
 */

/**
 * What variants are measured with.
 *
 * @typedef {object} Measuring
 * @property {HttpScale} scale
 * @property {Cores} cores
 * @property {TaskProcess<ClientTasks>} client
 */

/**
 * What a server did in one turn. The cores are busy for a part of the time.
 *
 * @typedef {object} Turn
 * @property {number} requestsPerSecond
 * @property {number} cpuMicros of the server, for a request
 * @property {number} serverBusy
 * @property {number} clientBusy
 */

const file = new URL("server.mjs", import.meta.url);

/** The process that serves a variant. */
export class VariantProcess {
  /** @type {TaskProcess<ServerTasks>} */
  #server;
  #port;
  #variant;
  #measuring;
  #sent = 0;

  /**
   * @param {TaskProcess<ServerTasks>} server
   * @param {number} port
   * @param {Variant} variant
   * @param {Measuring} measuring
   */
  constructor(server, port, variant, measuring) {
    this.#server = server;
    this.#port = port;
    this.#variant = variant;
    this.#measuring = measuring;
  }

  /**
   * @param {string} framework
   * @param {Variant} variant
   * @param {Measuring} measuring
   */
  static async start(framework, variant, measuring) {
    const under = measuring.cores.server;
    /** @type {TaskProcess<ServerTasks>} */
    const server = await TaskProcess.start(file, [framework, variant.name], { under });
    return new VariantProcess(server, await server.ask("port"), variant, measuring);
  }

  /** Serves for a while, and a page in between. */
  async warm() {
    const { warmMs } = this.#measuring.scale;
    await this.#load(warmMs / 2);
    await this.checkCount();
    await this.#load(warmMs / 2);
  }

  turn() {
    return this.#load(this.#measuring.scale.turnMs);
  }

  /** A server that has not counted all requests was measured at doing less than it should. */
  async checkCount() {
    const { counts, name } = this.#variant;
    if (counts === undefined) return;
    const page = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
    const counted = countedOn(page, counts);
    if (counted !== this.#sent) {
      throw new Error(
        `${name} counts ${counted} requests on its page, where ${this.#sent} were sent`,
      );
    }
  }

  async stop() {
    await this.#server.stop();
  }

  /**
   * @param {number} ms
   * @returns {Promise<Turn>}
   */
  async #load(ms) {
    const { client, scale } = this.#measuring;
    await client.ask("open", this.#port, scale.connections);
    const before = await this.#server.ask("cpuSeconds");
    const { requests, seconds, cpuSeconds } = await client.ask("run", ms);
    const used = (await this.#server.ask("cpuSeconds")) - before;
    this.#sent += await client.ask("close");
    return {
      requestsPerSecond: requests / seconds,
      cpuMicros: (1e6 * used) / requests,
      serverBusy: used / seconds,
      clientBusy: cpuSeconds / seconds,
    };
  }
}
