/** By how many units in the last place a product of roots is below each bound: `e` for none, `f` for one. */
const CORRECTIONS =
  "eeeeeeeeeeeeeffeeeedefededeeeefeeeedeeeeededeeedeeedefedeeeeeefe" +
  "eeeeeeeeededdfedefffefeefeffffggeefdfgffeedcefeeeefeefeeededeege" +
  "dddddddcdcdddeecddedcedddcddddedddeceeeedcdbdedcdddcdeddcccdddfd" +
  "cdbbdcddcbdcbddccdddbdcbcaccccddcdecddcdddcadeddcdecdecccacbcdfc";

/** 2 to the power of 1/256, 1/128 and so on, up to 1/2. Roots and products are the same on all machines. */
const roots: number[] = [];
for (let i = 0, root = 2; i < 8; i += 1) {
  root = Math.sqrt(root);
  roots.unshift(root);
}

/**
 * The bucket bounds of schema 8 between 1/2 and 1; schema s < 8 has every 2 ** (8 - s)-th of them. All
 * Prometheus clients share these values, which no formula gives: `2 ** (i / 256 - 1)` gets a third of them
 * wrong. As literals they would be a twentieth of all that `import "narthex"` loads.
 */
export const BOUNDS: readonly number[] = Array.from(CORRECTIONS, (correction, step) => {
  let product = 0.5;
  for (let bit = 0; bit < 8; bit += 1) if ((step >> bit) & 1) product *= roots[bit]!;
  return product + (correction.charCodeAt(0) - "e".charCodeAt(0)) * 2 ** -53;
});
