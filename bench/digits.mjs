/**
 * Three digits, as far as there are any.
 *
 * @param {number} value
 */
export function digits(value) {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en");
  if (size < 0.005) return "0";
  return value.toFixed(size < 10 ? 2 : 1);
}
