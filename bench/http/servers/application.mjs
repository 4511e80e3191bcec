import { once } from "node:events";

/** What every server answers to `/users/:id`. */
export const userOf = (/** @type {string} */ id) => ({ id, name: "Ada", email: "ada@example.org" });

/** @param {import("node:net").Server} server */
export async function listening(server) {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

/** The least that can be measured: how many requests there were, and how long they took. */
export class Tally {
  #requests = 0;
  #ms = new Float64Array(1);
  #pages = 0;

  /** @param {number} start when the request came */
  add(start) {
    this.#requests += 1;
    this.#ms[0] = Number(this.#ms[0]) + performance.now() - start;
  }

  /** Scrapes are requests, too, and are subtracted. */
  page() {
    const requests = this.#requests - this.#pages;
    this.#pages += 1;
    return `requests_total ${requests}\nms_total ${this.#ms[0]}\n`;
  }
}
