import type { SeriesRun } from "../../model/series-run.ts";
import { digitCount, LONGEST_NUMBER, writeDigits, writeNumber } from "../bytes/decimal.ts";
import { copyBytes, GrowingBytes, STRIDE } from "../bytes/growing-bytes.ts";

/** The lines of some series, as they were when they were last on a page. */
export interface Lines {
  readonly from: number;
  readonly to: number;
  /** The generation of the table's newest series then: the lines are not those of later series. */
  newest: number;
  /** Where lines tell when series began: how often one had begun anew by then. */
  readonly restarts: number;
  text: GrowingBytes;
  /** The numbers in the lines, where the text of each ends, and how long it is. A run has less than 64 kB (see `makeRoom`). */
  readonly numbers: Float64Array;
  readonly ends: Uint16Array;
  readonly widths: Uint8Array;
}

/** Where numbers are written first whose length is not known before. */
const scratch = new Uint8Array(LONGEST_NUMBER);

/** A visit writes no more series of one number in one run. */
export const LONGEST_RUN = 256;

/** The lines of one run whose numbers have got longer or shorter, by their places in it. */
const resized = new Uint16Array(LONGEST_RUN);

/** The text of short runs is copied in strides, because a call of `set` takes as long as that of so many bytes. */
const SHORT = 256;

export function copyOf(out: GrowingBytes, begin: number, capacity: number): GrowingBytes {
  const copy = new GrowingBytes(capacity);
  copy.bytes.set(out.bytes.subarray(begin, out.end));
  copy.end = out.end - begin;
  return copy;
}

/** Writes what has changed over what was there where it is as long; returns how many numbers are not. */
export function update(
  { text: { bytes }, numbers, ends, widths }: Lines,
  { chunk, at }: SeriesRun,
): number {
  let count = 0;
  for (let i = 0; i < numbers.length; i += 1) {
    const value = chunk[at + i]!;
    const before = numbers[i]!;
    // 0 and -0 are written differently.
    if (value === before && (value !== 0 || Object.is(value, before))) continue;
    numbers[i] = value;
    const small = value | 0;
    const isPatched =
      small === value && small > 0
        ? patchSmall(bytes, ends[i]!, widths[i]!, small)
        : patch(bytes, ends[i]!, widths[i]!, value);
    if (!isPatched) resized[count++] = i;
  }
  return count;
}

function patchSmall(bytes: Uint8Array, end: number, width: number, value: number): boolean {
  if (digitCount(value) !== width) return false;
  writeDigits(bytes, end, value);
  return true;
}

function patch(bytes: Uint8Array, end: number, width: number, value: number): boolean {
  if (writeNumber(scratch, 0, value) !== width) return false;
  for (let i = 0; i < width; i += 1) bytes[end - width + i] = scratch[i]!;
  return true;
}

/** Writes the lines with the resized numbers, and keeps them so. */
export function rewrite(lines: Lines, out: GrowingBytes, count: number): void {
  const { text, numbers, ends, widths } = lines;
  out.reserve(text.length + count * LONGEST_NUMBER);
  const begin = out.end;
  let from = 0;
  let shift = 0;
  let next = 0;
  for (let k = 0; k < count; k += 1) {
    const place = resized[k]!;
    const end = ends[place]!;
    copyPart(out, text, from, end - widths[place]!);
    from = end;
    for (; next < place; next += 1) ends[next]! += shift;
    const width = writeNumber(out.bytes, out.end, numbers[place]!) - out.end;
    out.end += width;
    shift += width - widths[place]!;
    widths[place] = width;
  }
  copyPart(out, text, from, text.length);
  for (; next < ends.length; next += 1) ends[next]! += shift;
  const length = out.end - begin;
  if (length > text.bytes.length - STRIDE) {
    lines.text = copyOf(out, begin, length + (length >> 5));
  } else {
    text.bytes.set(out.bytes.subarray(begin, out.end));
    text.end = length;
  }
}

/** Copies a part of the text, for which there is room. */
function copyPart(
  out: GrowingBytes,
  { bytes, view }: GrowingBytes,
  from: number,
  to: number,
): void {
  if (to - from <= SHORT) out.end = copyBytes(out.view, out.end, view, from, to - from);
  else {
    out.bytes.set(bytes.subarray(from, to), out.end);
    out.end += to - from;
  }
}
