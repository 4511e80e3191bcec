/** As little as a measurement can keep: how many requests, and how long they took. */
export class Tally {
  #requests = 0;
  #ms = new Float64Array(1);
  #pages = 0;

  /** @param {number} start when the request came */
  add(start) {
    this.#requests += 1;
    this.#ms[0] = Number(this.#ms[0]) + performance.now() - start;
  }

  /** Without the requests for pages, which are measured, too. */
  page() {
    const requests = this.#requests - this.#pages;
    this.#pages += 1;
    return `requests_total ${requests}\nms_total ${this.#ms[0]}\n`;
  }
}
