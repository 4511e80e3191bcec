/** What the machine itself takes. */

const slots = new Float64Array(1024);

/**
 * Milliseconds to count up one slot of a typed array so many times.
 *
 * @param {number} times
 */
export function timeSlot(times) {
  const at = times & 1023;
  const start = performance.now();
  countUp(slots, at, times);
  return performance.now() - start;
}

/**
 * @param {Float64Array} page
 * @param {number} at
 * @param {number} times
 */
function countUp(page, at, times) {
  for (let i = 0; i < times; i += 1) page[at] = (page[at] ?? 0) + 1;
}

/** @type {Uint8Array} */
let source = new Uint8Array();

/**
 * Milliseconds to copy so many bytes into a fresh buffer.
 *
 * @param {number} bytes
 */
export function timeCopy(bytes) {
  if (source.length !== bytes) source = new Uint8Array(bytes).fill(1);
  const start = performance.now();
  const copy = source.slice();
  const ms = performance.now() - start;
  if (copy.length !== bytes) throw new Error("the copy is not as long as its source");
  return ms;
}
