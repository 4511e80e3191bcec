import { Fold } from "../merge/fold.ts";
import { checksumOf, readFrames } from "../region/format.ts";
import { RegionReader, type Rows } from "../region/reader.ts";
import { check, SeriesLogs } from "../region/series-log.ts";
import { RegionWriter } from "../region/writer.ts";
import type { Arena } from "./arena.ts";
import { writtenBy } from "./blob.ts";
import type { LedgerEntry, NativeEntry } from "./ledger-entry.ts";
import { type CopiedRows, LiveTable, type NativePlace, NONE } from "./live-table.ts";
import { RegionLog } from "./region.ts";

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
    const copied = this.#tables.filter(({ hasEnded }) => !hasEnded).map((table) => table.copy());
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
