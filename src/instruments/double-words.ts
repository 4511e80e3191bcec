/** The bits of a double are read and written through this array and `words`, which share memory. */
export const double = new Float64Array(1);
/** The two words of `double`, at `HIGH` and `LOW`. */
export const words = new Int32Array(double.buffer);

double[0] = 1;
/** Where the word with the sign, the 11 bits of the exponent and 20 bits of the mantissa is. */
export const HIGH = words[1] === 0 ? 0 : 1;
/** Where the word with the last 32 bits of the mantissa is. */
export const LOW = 1 - HIGH;

/**
 * The word of a value at `HIGH`, which is then in `double`. The function has a scope of its own, because the build makes
 * constants at the top of a module variables: V8 knows where constants are, and loads and checks variables.
 */
export const highWord = (() => {
  const [array, view, at] = [double, words, HIGH];
  return (value: number): number => {
    array[0] = value;
    return view[at]!;
  };
})();
