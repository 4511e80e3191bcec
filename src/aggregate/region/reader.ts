import { decodeExtra, readFrames, readReport } from "./format.ts";
import { type Extra, widthOf } from "./layout.ts";
import { check, type SeriesLog, SeriesLogs } from "./series-log.ts";

/** The rows that a report has of one layout. */
export interface Rows {
  readonly series: SeriesLog;
  readonly width: number;
  /** Which series each row is of. */
  readonly ids: Int32Array;
  readonly numbers: Float64Array;
  readonly extras: readonly (readonly [row: number, extra: Extra])[];
}

/** Where the log of a region is, and how many bytes of it belong to the report. */
export interface LogPlace {
  readonly name: string;
  readonly length: number;
}

/** A report with its rows. */
export interface Report {
  /** What the writer has added. */
  readonly head: { readonly member?: unknown; readonly included?: unknown };
  readonly rows: readonly Rows[];
}

/** Reads the reports of one writer. What it has read of the log it does not read again. */
export class RegionReader {
  #series = new SeriesLogs();
  #log: LogPlace = { name: "", length: 0 };
  /** The last report: most members have nothing new from one page to the next. */
  #last: { readonly bytes: Buffer; readonly report: Report } | undefined;

  /**
   * @param readLog gives the bytes of a log from one place up to another
   * @throws where the region is damaged, or of another version of the format
   */
  read(bytes: Buffer, readLog: (log: string, from: number, to: number) => Buffer): Report {
    if (this.#last?.bytes.equals(bytes)) return this.#last.report;
    this.#last = undefined;
    const { head, numbers } = readReport(bytes);
    try {
      const report = this.#checked(head as ReportHead, numbers, readLog);
      this.#last = { bytes, report };
      return report;
    } catch (error) {
      // What has been read of the log may be wrong, too.
      this.#series = new SeriesLogs();
      this.#log = { name: "", length: 0 };
      throw error;
    }
  }

  #checked(
    head: ReportHead,
    numbers: Float64Array,
    readLog: (log: string, from: number, to: number) => Buffer,
  ): Report {
    const { log, blocks } = head;
    check(typeof log?.name === "string" && isWhole(log.length) && Array.isArray(blocks));
    if (log.name !== this.#log.name || log.length < this.#log.length) {
      this.#series = new SeriesLogs();
      this.#log = { name: log.name, length: 0 };
    }
    if (log.length > this.#log.length) {
      const entries = readFrames(readLog(log.name, this.#log.length, log.length));
      for (const entry of entries) this.#series.append(entry);
      this.#log = log;
    }
    let at = 0;
    const rows = blocks.map((block): Rows => {
      const read = this.#rows(block, numbers.subarray(at));
      at += read.numbers.length;
      return read;
    });
    return { head: head as unknown as Report["head"], rows };
  }

  #rows({ layout, runs, extras = [] }: Block, numbers: Float64Array): Rows {
    const series = this.#series.of(layout);
    check(Array.isArray(runs) && Array.isArray(extras));
    const ids: number[] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const [first, count] = [runs[i]!, runs[i + 1]!];
      check(isWhole(first) && isWhole(count) && first + count <= series.values.length);
      for (let id = first; id < first + count; id += 1) ids.push(id);
    }
    const width = widthOf(series.layout);
    check(ids.length * width <= numbers.length);
    return {
      series,
      width,
      ids: Int32Array.from(ids),
      numbers: numbers.subarray(0, ids.length * width),
      extras: extras.map(([row, extra]) => {
        check(isWhole(row) && row < ids.length);
        return [row, decodeExtra(extra)];
      }),
    };
  }
}

interface ReportHead {
  readonly log: LogPlace;
  readonly blocks: readonly Block[];
}

interface Block {
  readonly layout: number;
  /** The first id of each run of adjacent ids, and how long the run is. */
  readonly runs: readonly number[];
  readonly extras?: readonly (readonly [number, Parameters<typeof decodeExtra>[0]])[];
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
