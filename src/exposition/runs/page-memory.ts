import type { EscapingScheme } from "../../model/escaping.ts";
import type { SeriesRun, SeriesSlots } from "../../model/series-run.ts";
import { KeptLines, type LineBudget } from "./kept-lines.ts";

/** Lines that nobody asked for in so many pages are dropped. */
const UNUSED_PAGES = 16;

/**
 * The lines of earlier pages that a registry keeps: what has not changed since is copied, which takes a
 * fraction of the time of writing it. At most so many bytes are kept; lines beyond are written each time.
 */
export class PageMemory implements LineBudget {
  readonly limit: number;
  used = 0;
  private pages = 0;
  private readonly ofTables = new WeakMap<SeriesSlots, Map<string, KeptLines>>();
  private readonly all = new Set<KeptLines>();

  /** @param limit in bytes; 0 to keep nothing */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** To be called for each page: drops what the last pages did not use. */
  begin(): void {
    this.pages += 1;
    for (const kept of this.all) {
      if (kept.usedAt < this.pages - UNUSED_PAGES) kept.drop();
      if (kept.isEmpty) this.all.delete(kept);
    }
  }

  /**
   * The lines that are kept of a table; undefined if nothing is to be kept.
   *
   * @param what tells the lines of different formats apart
   * @param tellStarts whether the lines tell when series began
   */
  linesOf(
    { table }: SeriesRun,
    what: string,
    scheme: EscapingScheme,
    tellStarts: boolean,
  ): KeptLines | undefined {
    if (this.limit === 0) return undefined;
    let ofTable = this.ofTables.get(table);
    if (ofTable === undefined) {
      ofTable = new Map();
      this.ofTables.set(table, ofTable);
    }
    const key = `${what} ${scheme}`;
    let kept = ofTable.get(key);
    if (kept === undefined) {
      kept = new KeptLines(this, tellStarts);
      ofTable.set(key, kept);
      return kept;
    }
    this.all.add(kept);
    kept.usedAt = this.pages;
    return kept;
  }
}
