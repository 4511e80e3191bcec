/**
 * The longest time, in milliseconds, for which the event loop does not turn while `work` is under
 * way. A chain of immediates sees every turn, which a timer's resolution does not.
 *
 * @param {() => Promise<unknown>} work
 */
export async function longestBlock(work) {
  let longest = 0;
  let isUnderWay = true;
  let last = performance.now();
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isUnderWay) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isUnderWay = false;
  turn();
  return longest;
}
