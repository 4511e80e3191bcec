import type { SeriesRun } from "../../model/series-run.ts";
import { LONGEST_NUMBER, writeNumber, writeSum } from "../bytes/decimal.ts";
import { copyBytes, type GrowingBytes, NEWLINE, type TextBytes } from "../bytes/growing-bytes.ts";
import type { OwnLabel, SampleName } from "../lines/sample-lines.ts";
import { CLOSE } from "../lines/shared-labels.ts";
import type { KeptChunk } from "./kept-bytes.ts";

// The loops that write most of a page of text or OpenMetrics 1.0. Each makes room for all it will write,
// and then works on plain bytes, with the position in a local variable. It returns the slot up to which it has
// written, which is less than `to` where there would be many bytes.

/** Writes a line for each series up to the slot `to`: name, labels, number. */
export function writeNumberLines(
  out: TextBytes,
  run: SeriesRun,
  to: number,
  name: SampleName,
  labels: KeptChunk,
): number {
  const { chunk, from } = run;
  const { view: labelView, starts, first } = labels;
  const begin = run.labelNames.length === 0 ? name.alone : name.open;
  const { view: beginView, length: beginLength } = begin;
  const end = makeRoom(out, run, to, labels, beginLength + LONGEST_NUMBER);
  const { bytes, view } = out;
  let at = out.end;
  for (let slot = from; slot < end; slot += 1) {
    const start = starts[slot - first]!;
    at = copyBytes(view, at, beginView, 0, beginLength);
    at = copyBytes(view, at, labelView, start, starts[slot - first + 1]! - start);
    at = writeNumber(bytes, at, chunk[run.at + slot - from]!);
    bytes[at++] = NEWLINE;
  }
  out.end = at;
  return end;
}

/** The names of what a histogram or summary consists of. */
export interface PartNames {
  readonly bucket: SampleName;
  readonly sum: SampleName;
  readonly count: SampleName;
}

/**
 * Writes the lines of each histogram up to the slot `to`: those of its buckets, and then of its sum and
 * count, unless `hasTotals` is false.
 */
export function writeHistogramLines(
  out: TextBytes,
  run: SeriesRun,
  to: number,
  names: PartNames,
  labels: KeptChunk,
  bucketLabels: readonly OwnLabel[],
  hasTotals: boolean,
): number {
  const { chunk, from, stride } = run;
  const { view: labelView, starts, first } = labels;
  const isLabelled = run.labelNames.length > 0;
  const { bucket } = names;
  const sum = isLabelled ? names.sum.open : names.sum.alone;
  const count = isLabelled ? names.count.open : names.count.alone;
  const owns = bucketLabels.map((own) => (isLabelled ? own.after : own.alone));
  const lines = owns.length + 2;
  const ownWidth = owns.reduce((width, own) => width + own.length, 0);
  const nameWidth =
    lines * (Math.max(bucket.open.length, sum.length, count.length) + LONGEST_NUMBER);
  const end = makeRoom(out, run, to, labels, nameWidth + ownWidth, lines);
  const { bytes, view } = out;
  let at = out.end;
  let number = run.at;
  for (let slot = from; slot < end; slot += 1, number += stride) {
    const start = starts[slot - first]!;
    const length = starts[slot - first + 1]! - start;
    // The lines of buckets begin alike: the first one is put together, and copied for the others.
    const line = at;
    at = copyBytes(view, at, bucket.open.view, 0, bucket.open.length);
    at = copyBytes(view, at, labelView, start, isLabelled ? length - CLOSE.length : 0);
    const alike = at - line;
    let cumulative = 0;
    for (let i = 0; i < owns.length; i += 1) {
      if (i > 0) at = copyBytes(view, at, view, line, alike);
      const own = owns[i]!;
      at = copyBytes(view, at, own.view, 0, own.length);
      cumulative += chunk[number + i]!;
      at = writeNumber(bytes, at, cumulative);
      bytes[at++] = NEWLINE;
    }
    if (!hasTotals) continue;
    at = copyBytes(view, at, sum.view, 0, sum.length);
    at = copyBytes(view, at, labelView, start, length);
    const total = number + owns.length;
    at = writeSum(bytes, at, chunk[total]!, chunk[total + 1]!);
    bytes[at++] = NEWLINE;
    at = copyBytes(view, at, count.view, 0, count.length);
    at = copyBytes(view, at, labelView, start, length);
    at = writeNumber(bytes, at, cumulative);
    bytes[at++] = NEWLINE;
  }
  out.end = at;
  return end;
}

/** What a loop writes at once, in bytes: copying so many into new memory takes a fraction of a millisecond. */
const MOST_BYTES = 1 << 16;

/**
 * Makes room for the series of a run up to the slot `to`, or for fewer where they would be many bytes; returns the slot
 * up to which there is room. Where memory is short, it is taken for the rest of the table as well.
 *
 * @param width how many bytes a series has at most, without its labels
 * @param copies how often its labels are written
 */
export function makeRoom(
  out: GrowingBytes,
  { table, from }: SeriesRun,
  to: number,
  labels: KeptChunk,
  width: number,
  copies = 1,
): number {
  const { starts, first } = labels;
  const bytesUpTo = (end: number) =>
    (end - from) * width + copies * (starts[end - first]! - starts[from - first]!);
  let end = Math.min(to, first + starts.length - 1);
  let bytes = bytesUpTo(end);
  while (bytes > MOST_BYTES && end - from > 1) {
    end = from + ((end - from) >> 1);
    bytes = bytesUpTo(end);
  }
  const rest = Math.min(table.slotCount - from, table.size);
  if (end > from) out.reserve(bytes, Math.ceil((bytes / (end - from)) * rest));
  return end;
}
