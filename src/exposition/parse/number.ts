const DECIMAL = /^[0-9.eE+-]+$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** A number as the text formats write it; undefined where it is none, or none that a double holds. */
export function parseNumber(text: string): number | undefined {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  if (INFINITE.test(text)) return text.startsWith("-") ? -Infinity : Number.POSITIVE_INFINITY;
  return text.toLowerCase() === "nan" ? Number.NaN : undefined;
}
