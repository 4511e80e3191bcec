import { deepStrictEqual } from "node:assert/strict";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { json } from "node:stream/consumers";
import { userOf } from "./user.mjs";

/** @import { Socket } from "node:net" */

const HOST = "127.0.0.1";
/** All ids have as many digits, so that all answers of a server have the same length. */
const FIRST_ID = 100_000;
const REQUESTS = Array.from({ length: 1000 }, (_, i) =>
  Buffer.from(`GET /users/${FIRST_ID + i} HTTP/1.1\r\nHost: ${HOST}\r\nAccept: */*\r\n\r\n`),
);
const ANSWER = Buffer.from("HTTP/1.1 200 ");

/**
 * Sends requests over connections that are kept alive, one at a time on each, with as little work as
 * can be: an answer is a number of bytes that begin as expected. The first one is read in full.
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
   * Asks for at least so long, and waits for the last answer.
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
 * Asks for a user once, and checks the answer. Gives its bytes, head and all.
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
