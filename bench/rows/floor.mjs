// The least that has to be done for the rows of this package: what its values are compared with. It checks
// nothing, has one family of three labels, and neither limits nor removes series.

const SHIFT = 14;
const SLOTS = 1 << (32 - SHIFT);
const MASK = SLOTS - 1;
/** Spreads hashes that lie close together. */
const GOLDEN = 0x9e3779b1;

/** Finds the series of three label values in an open hash table, and counts up its element of a typed array. */
export class FloorCounter {
  #values = new Float64Array(SLOTS);
  /** @type {(string | undefined)[]} */
  #methods = new Array(SLOTS).fill(undefined);
  /** @type {(string | undefined)[]} */
  #routes = new Array(SLOTS).fill(undefined);
  /** @type {(string | undefined)[]} */
  #statuses = new Array(SLOTS).fill(undefined);

  /**
   * @param {{ method: string | undefined, route: string | undefined, status: string | undefined }} labels
   * @param {number} [value]
   */
  inc({ method = "", route = "", status = "" }, value = 1) {
    const mixed = hash(method) + 31 * (hash(route) + 31 * hash(status));
    let at = Math.imul(mixed, GOLDEN) >>> SHIFT;
    const [methods, routes, statuses] = [this.#methods, this.#routes, this.#statuses];
    while (methods[at] !== method || routes[at] !== route || statuses[at] !== status) {
      if (methods[at] === undefined) {
        methods[at] = method;
        routes[at] = route;
        statuses[at] = status;
      } else {
        at = (at + 1) & MASK;
      }
    }
    this.#values[at] = (this.#values[at] ?? 0) + value;
  }
}

/** @param {string} text */
function hash(text) {
  const { length } = text;
  return length + 8 * (text.charCodeAt(length - 1) + 128 * text.charCodeAt(length >> 1));
}

const DIGITS = 20;
const NEWLINE = 10;
const STRIDE = 8;

/** Writes lines whose labels lie one behind the other, each with an integer behind it. */
export class FloorPage {
  #labels;
  #ends;
  #values;

  /** @param {readonly string[]} lines what stands in front of the values */
  constructor(lines) {
    const text = Buffer.from(`${lines.join("")}${" ".repeat(STRIDE)}`);
    this.#labels = new DataView(text.buffer, text.byteOffset, text.length);
    this.#ends = new Uint32Array(lines.length);
    this.#values = new Uint32Array(lines.length);
    let end = 0;
    for (const [i, line] of lines.entries()) this.#ends[i] = end += Buffer.byteLength(line);
  }

  /** Changes all values. */
  update() {
    const values = this.#values;
    for (let i = 0; i < values.length; i += 1)
      values[i] = (values[i] ?? 0) + 1 + ((i * 7919) & 0xffff);
  }

  write() {
    const [labels, ends, values] = [this.#labels, this.#ends, this.#values];
    const page = Buffer.allocUnsafeSlow(labels.byteLength + DIGITS * ends.length);
    const target = new DataView(page.buffer);
    let at = 0;
    let from = 0;
    for (let i = 0; i < ends.length; i += 1) {
      const end = ends[i] ?? 0;
      // The last copy may go beyond the labels: what follows is written over it.
      let to = at;
      for (let next = from; next < end; next += STRIDE, to += STRIDE) {
        target.setFloat64(to, labels.getFloat64(next));
      }
      at = writeInteger(page, at + end - from, values[i] ?? 0);
      page[at++] = NEWLINE;
      from = end;
    }
    return page.subarray(0, at);
  }
}

/**
 * @param {Buffer} page
 * @param {number} at
 * @param {number} value
 */
function writeInteger(page, at, value) {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) >>> 0) end += 1;
  let rest = value;
  for (let i = end - 1; i >= at; i -= 1) {
    const tens = (rest / 10) >>> 0;
    page[i] = 48 + rest - 10 * tens;
    rest = tens;
  }
  return end;
}
