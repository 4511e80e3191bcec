import type { SeriesRun, SeriesSlots } from "../../model/series-run.ts";
import { LONGEST_NUMBER } from "../bytes/decimal.ts";
import { type GrowingBytes, NEWLINE, SPACE, STRIDE } from "../bytes/growing-bytes.ts";
import type { KeptChunk } from "./kept-bytes.ts";
import { copyOf, type Lines, LONGEST_RUN, rewrite, update } from "./lines.ts";

const RUN_BITS = 8;

/** The number of a run in a table: the first ones have 1, 2, 4 and so on up to 128 slots, all others 256. */
const indexOf = (slot: number) =>
  slot < LONGEST_RUN - 1 ? 31 - Math.clz32(slot + 1) : RUN_BITS - 1 + ((slot + 1) >> RUN_BITS);

/** What an array of numbers and one of positions have for each line. */
const NUMBERS_WIDTH = 8 + 2 + 1;

/** Fewer lines than these are written as fast as they are copied. */
const FEWEST = 64;

/** The memory that all kept lines share, in bytes. */
export interface LineBudget {
  readonly limit: number;
  used: number;
}

/** The lines that are kept of a table in one format. */
export class KeptLines {
  private readonly memory: LineBudget;
  private readonly tellStarts: boolean;
  private readonly runs: (Lines | undefined)[] = [];
  /** The number of the last page that used them; 0 for the first page of the table, of which nothing is kept. */
  usedAt = 0;
  isEmpty = true;

  /** @param tellStarts whether the lines tell when series began */
  constructor(memory: LineBudget, tellStarts: boolean) {
    this.memory = memory;
    this.tellStarts = tellStarts;
  }

  /**
   * Writes the first series of a run from what is kept of them, and keeps that; returns the first slot that it has not
   * written.
   */
  write(out: GrowingBytes, run: SeriesRun, to: number): number {
    if (to - run.from < FEWEST) return run.from;
    const index = indexOf(run.from);
    const lines = this.runs[index];
    if (lines === undefined || lines.from !== run.from || lines.to > to) return run.from;
    if (lines.restarts !== this.restarts(run) || !isOf(lines, run.table)) return run.from;
    const before = lines.text.bytes.length;
    const count = update(lines, run);
    if (count === 0) {
      out.reserve(lines.text.length);
      out.bytes.set(lines.text.finish(), out.end);
      out.end += lines.text.length;
    } else {
      rewrite(lines, out, count);
    }
    this.memory.used += lines.text.bytes.length - before;
    if (this.memory.used > this.memory.limit) this.forget(index);
    return lines.to;
  }

  /**
   * Keeps the lines of a run up to the slot `to`, if there is memory left for them; returns whether it did.
   *
   * @param begin the position from which on `out` has the lines, and nothing else
   * @param nameWidth how many bytes a line has before its labels
   */
  keep(
    out: GrowingBytes,
    begin: number,
    run: SeriesRun,
    to: number,
    nameWidth: number,
    labels: KeptChunk,
  ): boolean {
    if (this.isFirst) return false;
    const count = to - run.from;
    const index = indexOf(run.from);
    // Behind a slot without a series, a run begins in the middle of what is kept together.
    const isWhole = run.from === 0 || indexOf(run.from - 1) !== index;
    if (count < FEWEST || !isWhole) return false;
    this.forget(index);
    const length = out.length - begin;
    // A bit more than the lines need, because numbers grow.
    const text = length + (length >> 5) + LONGEST_NUMBER;
    const { memory } = this;
    if (memory.used + text + STRIDE + count * NUMBERS_WIDTH > memory.limit) return false;
    const lines = {
      from: run.from,
      to,
      newest: run.table.newest,
      restarts: this.restarts(run),
      text: copyOf(out, begin, text),
      numbers: run.chunk.slice(run.at, run.at + count),
      ends: new Uint16Array(count),
      widths: new Uint8Array(count),
    };
    this.runs[index] = lines;
    this.isEmpty = false;
    memory.used += sizeOf(lines);
    locate(lines, nameWidth, labels);
    return true;
  }

  /** Whether no page has had the table before. There may be no second one, so nothing is kept. */
  get isFirst(): boolean {
    return this.usedAt === 0;
  }

  drop(): void {
    for (let index = 0; index < this.runs.length; index += 1) this.forget(index);
    this.runs.length = 0;
    this.isEmpty = true;
  }

  private restarts({ table }: SeriesRun): number {
    return this.tellStarts ? table.restarts : 0;
  }

  private forget(index: number): void {
    const lines = this.runs[index];
    if (lines === undefined) return;
    this.memory.used -= sizeOf(lines);
    this.runs[index] = undefined;
  }
}

const sizeOf = ({ text, numbers }: Lines) => text.bytes.length + numbers.length * NUMBERS_WIDTH;

/** Whether the lines are those of the series that are there now. */
function isOf(lines: Lines, table: SeriesSlots): boolean {
  if (lines.newest === table.newest) return true;
  for (let slot = lines.from; slot < lines.to; slot += 1) {
    if (table.generation(slot) > lines.newest) return false;
  }
  lines.newest = table.newest;
  return true;
}

/** Finds the numbers in new lines: behind the name and the labels, up to a space or the line's end. */
function locate(
  { from, to, text: { bytes }, ends, widths }: Lines,
  nameWidth: number,
  { starts, first }: KeptChunk,
): void {
  let at = 0;
  for (let slot = from; slot < to; slot += 1) {
    const begin = at + nameWidth + starts[slot - first + 1]! - starts[slot - first]!;
    let end = begin;
    while (bytes[end]! > SPACE) end += 1;
    ends[slot - from] = end;
    widths[slot - from] = end - begin;
    while (bytes[end] !== NEWLINE) end += 1;
    at = end + 1;
  }
}
