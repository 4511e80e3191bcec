import { nativeHistogram } from "../../instruments/histogram/native/value.ts";
import { CARRY, fence } from "../../model/duration-sum.ts";
import { type Extra, widthOf } from "../region/layout.ts";
import type { SeriesLog } from "../region/series-log.ts";
import type { NativeEntry } from "./ledger-entry.ts";

/** A slot without a series. */
export const NONE = -1;

/** How often rows are copied again because a thread was just changing both numbers of a sum. */
const ATTEMPTS = 100;

interface Chunk {
  readonly firstSlot: number;
  readonly numbers: Float64Array;
}

/** Where the native side of a series is. */
export interface NativePlace extends Pick<NativeEntry, "schema" | "zeroThreshold"> {
  readonly cells: Float64Array;
  readonly positive: readonly NativeRun[];
  readonly negative: readonly NativeRun[];
}

interface NativeRun {
  readonly first: number;
  readonly counts: Float64Array;
}

/** Rows that were copied, and the slots that they were in. */
export interface CopiedRows {
  readonly table: LiveTable;
  readonly slots: number[];
  readonly ids: number[];
  readonly numbers: Float64Array;
  readonly natives: Map<number, Extra>;
}

/** Where the series of one layout are, whose numbers their thread changes at any time. */
export class LiveTable {
  readonly series: SeriesLog;
  readonly width: number;
  readonly chunks: Chunk[] = [];
  /** The id of the series in each slot, or `NONE`. */
  readonly ids: number[] = [];
  readonly natives = new Map<number, NativePlace>();
  hasEnded = false;
  /** Whether rows end in the two numbers of a sum. */
  readonly #hasSums: boolean;

  constructor(series: SeriesLog) {
    this.series = series;
    this.width = widthOf(series.layout);
    this.#hasSums = ["histogram", "summary"].includes(series.layout.family.type);
  }

  /** The rows as they are now. */
  copy(): CopiedRows {
    const { ids, width, natives } = this;
    const slots: number[] = [];
    for (const [slot, id] of ids.entries()) if (id !== NONE) slots.push(slot);
    const numbers = new Float64Array(slots.length * width);
    const copied: CopiedRows = {
      table: this,
      slots,
      ids: slots.map((slot) => ids[slot]!),
      numbers,
      natives: new Map(),
    };
    if (this.#hasSums) this.#copySums(slots, numbers);
    else this.#copyNumbers(slots, numbers);
    if (natives.size > 0) {
      const highest = this.series.layout.shape.length;
      for (const [i, slot] of slots.entries()) {
        const native = natives.get(slot);
        if (native === undefined) continue;
        const extra = nativeExtra(native, numbers.subarray(i * width, (i + 1) * width), highest);
        if (extra !== undefined) copied.natives.set(i, extra);
      }
    }
    return copied;
  }

  /**
   * Copies rows whose last two numbers fit each other. The thread changes one after the other when it carries
   * seconds (see `addNanoseconds`): then the nanoseconds are above what they may be, and then less than before.
   */
  #copySums(slots: readonly number[], numbers: Float64Array): void {
    const { width } = this;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = this.#nanoseconds(slots);
      fence();
      this.#copyNumbers(slots, numbers);
      fence();
      const after = this.#nanoseconds(slots);
      const isCarrying = after.some((later, row) => {
        const now = numbers[(row + 1) * width - 1]!;
        return before[row]! > now || now > later || later >= CARRY;
      });
      if (!isCarrying) return;
    }
  }

  #copyNumbers(slots: readonly number[], to: Float64Array): void {
    for (const { row, numbers } of this.#runs(slots)) to.set(numbers, row * this.width);
  }

  #nanoseconds(slots: readonly number[]): Float64Array {
    const found = new Float64Array(slots.length);
    for (const { row, numbers } of this.#runs(slots)) {
      const { width } = this;
      for (let i = 0; (i + 1) * width <= numbers.length; i += 1) {
        found[row + i] = numbers[(i + 1) * width - 1]!;
      }
    }
    return found;
  }

  /** The rows of slots, where those that stand one behind the other are one run. */
  *#runs(
    slots: readonly number[],
  ): Generator<{ readonly row: number; readonly numbers: Float64Array }> {
    const { width } = this;
    let row = 0;
    for (const { firstSlot, numbers } of this.chunks) {
      const end = firstSlot + numbers.length / width;
      while (row < slots.length && slots[row]! < end) {
        const first = row;
        while (
          row < slots.length &&
          slots[row]! < end &&
          slots[row]! - slots[first]! === row - first
        ) {
          row += 1;
        }
        const begin = (slots[first]! - firstSlot) * width;
        yield { row: first, numbers: numbers.subarray(begin, begin + (row - first) * width) };
      }
    }
  }
}

/**
 * The native side of a histogram whose row was copied before. An observation counts here first, so the row
 * may lack some: they are added to its highest bucket, as both sides must have the same count. So it is
 * for one that was never finished, as its thread was ended.
 *
 * @param highest where the count of the highest bucket is in the row
 */
function nativeExtra(place: NativePlace, row: Float64Array, highest: number): Extra | undefined {
  const { schema, zeroThreshold, cells } = place;
  const [positive, negative] = [populated(place.positive), populated(place.negative)];
  const [zeroCount, nanCount] = [cells[0]!, cells[1]!];
  let nativeCount = zeroCount + nanCount;
  for (const counts of [positive, negative])
    for (const count of counts.values()) nativeCount += count;
  let count = 0;
  for (let bucket = 0; bucket <= highest; bucket += 1) count += row[bucket]!;
  // The series is being reset.
  if (nativeCount < count) return undefined;
  row[highest]! += nativeCount - count;
  const native = nativeHistogram({
    schema,
    zeroThreshold,
    zeroCount,
    positive,
    negative,
    exemplars: [],
  });
  return { native, nativeCount };
}

function populated(runs: readonly NativeRun[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { first, counts } of runs) {
    for (let i = 0; i < counts.length; i += 1) {
      const count = counts[i]!;
      if (count > 0) found.set(first + i, count);
    }
  }
  return found;
}
