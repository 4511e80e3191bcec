import { deepStrictEqual } from "node:assert/strict";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { json } from "node:stream/consumers";
import { cpuSeconds } from "./cores.mjs";
import { userOf } from "./servers/application.mjs";

/** @import { Socket } from "node:net" */

const HOST = "127.0.0.1";
/** All ids have the same number of digits, so that all answers of a server have the same length. */
const FIRST_ID = 100_000;
const REQUESTS = Array.from({ length: 1000 }, (_, i) =>
  Buffer.from(`GET /users/${FIRST_ID + i} HTTP/1.1\r\nHost: ${HOST}\r\nAccept: */*\r\n\r\n`),
);
const ANSWER = Buffer.from("HTTP/1.1 200 ");

/**
 * Sends requests over kept-alive connections, one at a time on each, with as little work as possible:
 * only the first answer is read in full, and each later one must be as long and begin with the status.
 */
export class HttpLoad {
  /** How many requests were answered so far. */
  requests = 1;
  #length;
  /** @type {Socket[]} */
  #sockets = [];
  #until = 0;
  #waiting = 0;
  /** @type {() => void} */
  #finish = () => {};
  /** @type {(error: Error) => void} */
  #fail = () => {};

  /** @param {number} length of an answer */
  constructor(length) {
    this.#length = length;
  }

  /**
   * @param {number} port
   * @param {number} connections
   */
  static async open(port, connections) {
    const load = new HttpLoad(await lengthOfAnswer(port));
    for (let i = 0; i < connections; i += 1) load.#sockets.push(load.#connect(port));
    await Promise.all(load.#sockets.map((socket) => once(socket, "connect")));
    return load;
  }

  /**
   * Sends requests for at least so long, and waits for the last answer.
   *
   * @param {number} ms
   * @returns {Promise<{ requests: number, seconds: number }>}
   */
  run(ms) {
    const before = this.requests;
    const start = performance.now();
    this.#until = start + ms;
    this.#waiting = this.#sockets.length;
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#finish = () => {
        const seconds = (performance.now() - start) / 1000;
        resolve({ requests: this.requests - before, seconds });
      };
      for (const [i, socket] of this.#sockets.entries()) this.#ask(socket, i);
    });
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** @param {number} port */
  #connect(port) {
    let received = 0;
    const buffer = Buffer.allocUnsafe(4096);
    const callback = (/** @type {number} */ bytes) => {
      if (received === 0 && buffer.compare(ANSWER, 0, ANSWER.length, 0, ANSWER.length) !== 0) {
        this.#fail(new Error(`not an answer: ${buffer.toString("latin1", 0, bytes)}`));
      }
      received += bytes;
      if (received > this.#length) this.#fail(new Error("an answer is longer than the first"));
      if (received < this.#length) return true;
      received = 0;
      this.requests += 1;
      if (performance.now() < this.#until) this.#ask(socket, this.requests);
      else if (--this.#waiting === 0) this.#finish();
      return true;
    };
    const socket = connect({ port, host: HOST, noDelay: true, onread: { buffer, callback } });
    socket.on("error", (error) => this.#fail(error));
    socket.on("end", () => this.#fail(new Error("the server closed a connection")));
    return socket;
  }

  /**
   * @param {Socket} socket
   * @param {number} user
   */
  #ask(socket, user) {
    socket.write(/** @type {Buffer} */ (REQUESTS[user % REQUESTS.length]));
  }
}

/**
 * Asks for a user once, and checks the answer. Returns its length in bytes, head included.
 *
 * @param {number} port
 */
async function lengthOfAnswer(port) {
  const id = String(FIRST_ID);
  const agent = new Agent({ keepAlive: true });
  const [response] = await once(get({ host: HOST, port, path: `/users/${id}`, agent }), "response");
  const { socket } = response;
  deepStrictEqual(await json(response), userOf(id));
  agent.destroy();
  return socket.bytesRead;
}

// The client's process sends the requests of one load after the other:

/** @type {HttpLoad} */
let load;

/** @type {(port: number, connections: number) => Promise<void>} */
export async function open(port, connections) {
  load = await HttpLoad.open(port, connections);
}

/** @param {number} ms */
export async function run(ms) {
  const before = cpuSeconds();
  const ran = await load.run(ms);
  return { ...ran, cpuSeconds: cpuSeconds() - before };
}

/** Returns the number of requests since `open`. */
export function close() {
  load.close();
  return load.requests;
}
