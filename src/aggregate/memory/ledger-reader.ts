import { nativeHistogram } from "../../instruments/histogram/native/value.ts";
import { Fold } from "../merge/fold.ts";
import { checksumOf, readFrames } from "../region/format.ts";
import { type Extra, widthOf } from "../region/layout.ts";
import { RegionReader, type Rows } from "../region/reader.ts";
import { check, type SeriesLog, SeriesLogs } from "../region/series-log.ts";
import { RegionWriter } from "../region/writer.ts";
import type { Arena } from "./arena.ts";
import { writtenBy } from "./blob.ts";
import type { LedgerEntry, NativeEntry } from "./ledger-entry.ts";
import { RegionLog } from "./region.ts";

interface Chunk {
  readonly firstSlot: number;
  readonly numbers: Float64Array;
}

/** Where the series of one layout are. */
class LiveTable {
  readonly series: SeriesLog;
  readonly width: number;
  readonly chunks: Chunk[] = [];
  /** The id of the series in each slot, or -1. */
  readonly ids: number[] = [];
  readonly natives = new Map<number, NativePlace>();
  hasEnded = false;

  constructor(series: SeriesLog) {
    this.series = series;
    this.width = widthOf(series.layout);
  }
}

/** Where the native side of a series is. */
interface NativePlace extends Pick<NativeEntry, "schema" | "zeroThreshold"> {
  readonly cells: Float64Array;
  readonly positive: readonly NativeRun[];
  readonly negative: readonly NativeRun[];
}

interface NativeRun {
  readonly first: number;
  readonly counts: Float64Array;
}

/** Rows that were copied, and the slots that they were in. */
interface CopiedRows {
  readonly table: LiveTable;
  readonly slots: number[];
  readonly ids: number[];
  readonly numbers: Float64Array;
  readonly natives: Map<number, Extra>;
}

/** Reads the numbers of one region as they are at this moment. What it has read of the log it does not read again. */
export class LedgerReader {
  readonly #arena: Arena;
  readonly #log: RegionLog;
  readonly #series = new SeriesLogs();
  readonly #tables: LiveTable[] = [];
  readonly #kept = new Fold();
  #keptRows: readonly Rows[] | undefined = [];
  /** The rows that were given up since they were copied. */
  #gone = new Map<LiveTable, Set<number>>();

  /** @param at where the region is */
  constructor(arena: Arena, at: number) {
    this.#arena = arena;
    this.#log = new RegionLog(arena, at);
  }

  /**
   * Changes with what there is to read, and takes much less than to read it.
   *
   * @throws where the memory is damaged, or was used otherwise meanwhile
   */
  checksum(checksum: number): number {
    this.#follow();
    let sum = checksumOf(Buffer.from(String(this.#log.length)), checksum);
    const add = ({ buffer, byteOffset, byteLength }: Float64Array) => {
      sum = checksumOf(new Uint8Array(buffer, byteOffset, byteLength), sum);
    };
    for (const { chunks, natives } of this.#tables) {
      for (const { numbers } of chunks) add(numbers);
      for (const { cells, positive, negative } of natives.values()) {
        add(cells);
        for (const { counts } of [...positive, ...negative]) add(counts);
      }
    }
    return sum;
  }

  /** @throws where the memory is damaged, or was used otherwise meanwhile */
  read(): Rows[] {
    this.#follow();
    this.#gone = new Map();
    const copied = this.#tables
      .filter(({ hasEnded }) => !hasEnded)
      .map((table) => this.#copy(table));
    // What a series that went meanwhile had counted is among what was kept by now, and its row may be another's.
    this.#follow();
    return [...copied.map((rows) => this.#rows(rows)), ...this.#keptOfAll()];
  }

  #follow(): void {
    for (const entry of readFrames(this.#log.read())) {
      if (Array.isArray(entry) && typeof entry[0] === "string") this.#note(entry as never);
      else this.#series.append(entry);
      if (this.#series.length > this.#tables.length) {
        this.#tables.push(new LiveTable(this.#series.of(this.#tables.length)));
      }
    }
  }

  #note(entry: LedgerEntry): void {
    switch (entry[0]) {
      case "chunk": {
        const [, layout, firstSlot, at, length] = entry;
        this.#tableOf(layout).chunks.push({ firstSlot, numbers: this.#numbers(at, length) });
        return;
      }
      case "at": {
        const { ids, series } = this.#tableOf(entry[1]);
        while (ids.length < entry[2]) ids.push(NONE);
        ids[entry[2]] = series.values.length - 1;
        return;
      }
      case "native":
        this.#tableOf(entry[1]).natives.set(entry[2], this.#nativePlace(entry[3]));
        return;
      case "gone":
        this.#giveUp(this.#tableOf(entry[1]), entry[2]);
        return;
      case "ended": {
        const table = this.#tableOf(entry[1]);
        for (const slot of table.ids.keys()) this.#giveUp(table, slot);
        table.hasEnded = true;
        return;
      }
      case "kept": {
        const [log, report] = [entry[1], entry[2]].map((text) => Buffer.from(text, "base64"));
        this.#kept.add(new RegionReader().read(report!, () => log!));
        this.#keptRows = undefined;
        return;
      }
      case "forget":
        this.#kept.forget(entry[1]);
        this.#keptRows = undefined;
    }
  }

  #giveUp(table: LiveTable, slot: number): void {
    table.ids[slot] = NONE;
    table.natives.delete(slot);
    const gone = this.#gone.get(table) ?? new Set();
    this.#gone.set(table, gone.add(slot));
  }

  #tableOf(layout: number): LiveTable {
    const table = this.#tables[layout];
    check(table !== undefined);
    return table;
  }

  #numbers(at: number, length: number): Float64Array {
    return new Float64Array(this.#arena.buffer, at, length);
  }

  #nativePlace({ schema, zeroThreshold, cells, positive, negative }: NativeEntry): NativePlace {
    const runsOf = (places: readonly number[]) =>
      Array.from({ length: places.length / 3 }, (_, i) => ({
        first: places[3 * i]!,
        counts: this.#numbers(places[3 * i + 1]!, places[3 * i + 2]!),
      }));
    return {
      schema,
      zeroThreshold,
      cells: this.#numbers(cells, 2),
      positive: runsOf(positive),
      negative: runsOf(negative),
    };
  }

  #copy(table: LiveTable): CopiedRows {
    const { chunks, ids, width, natives } = table;
    const slots: number[] = [];
    for (const [slot, id] of ids.entries()) if (id !== NONE) slots.push(slot);
    const numbers = new Float64Array(slots.length * width);
    const copied: CopiedRows = {
      table,
      slots,
      ids: slots.map((slot) => ids[slot]!),
      numbers,
      natives: new Map(),
    };
    let row = 0;
    for (const { firstSlot, numbers: from } of chunks) {
      const end = firstSlot + from.length / width;
      while (row < slots.length && slots[row]! < end) {
        const first = row;
        // Rows that stand one behind the other are copied at once.
        while (
          row < slots.length &&
          slots[row]! < end &&
          slots[row]! - slots[first]! === row - first
        ) {
          row += 1;
        }
        const begin = (slots[first]! - firstSlot) * width;
        numbers.set(from.subarray(begin, begin + (row - first) * width), first * width);
      }
    }
    if (natives.size > 0) {
      const highest = table.series.layout.shape.length;
      for (const [i, slot] of slots.entries()) {
        const native = natives.get(slot);
        if (native === undefined) continue;
        const extra = nativeExtra(native, numbers.subarray(i * width, (i + 1) * width), highest);
        if (extra !== undefined) copied.natives.set(i, extra);
      }
    }
    return copied;
  }

  /** Rows for the sum, without those that were given up. */
  #rows({ table, slots, ids, numbers, natives }: CopiedRows): Rows {
    const { series, width } = table;
    const gone = this.#gone.get(table);
    if (gone === undefined) {
      return { series, width, ids: Int32Array.from(ids), numbers, extras: [...natives] };
    }
    const left = [...slots.keys()].filter((row) => !gone.has(slots[row]!));
    return {
      series,
      width,
      ids: Int32Array.from(left, (row) => ids[row]!),
      numbers: Float64Array.from(
        left.flatMap((row) => [...numbers.subarray(row * width, (row + 1) * width)]),
      ),
      extras: left.flatMap((row, i) => (natives.has(row) ? [[i, natives.get(row)!] as const] : [])),
    };
  }

  #keptOfAll(): readonly Rows[] {
    if (this.#keptRows === undefined) {
      const writer = new RegionWriter(() => 0);
      this.#kept.visit(writer);
      const { log, report } = writtenBy(writer);
      const read = new RegionReader().read(Buffer.from(report), () => Buffer.from(log));
      this.#keptRows = read.rows;
    }
    return this.#keptRows;
  }
}

/** A slot without a series. */
const NONE = -1;

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
