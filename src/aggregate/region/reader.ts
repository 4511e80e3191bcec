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

/** How many logs are known at once: the threads of a process report in turn, each with a log of its own. */
const MAX_LOGS = 16;

/** What has been read of a log. */
interface ReadLog {
  readonly series: SeriesLogs;
  length: number;
}

/** Reads the reports of one member. What it has read of a log it does not read again. */
export class RegionReader {
  readonly #logs = new Map<string, ReadLog>();
  /** The last report: most members have nothing new from one page to the next. */
  #last: { readonly bytes: Buffer; readonly report: Report } | undefined;

  /** The bytes of the last report, which has its numbers there. */
  get bytes(): Buffer | undefined {
    return this.#last?.bytes;
  }

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
      this.#logs.clear();
      throw error;
    }
  }

  #checked(
    head: ReportHead,
    numbers: Float64Array,
    readLog: (log: string, from: number, to: number) => Buffer,
  ): Report {
    const { log, blocks, natives } = head;
    check(isWhole(natives) && natives <= numbers.length);
    check(typeof log?.name === "string" && isWhole(log.length) && Array.isArray(blocks));
    const known = this.#logOf(log);
    if (log.length > known.length) {
      const entries = readFrames(readLog(log.name, known.length, log.length));
      for (const entry of entries) known.series.append(entry);
      known.length = log.length;
    }
    // Those of natives come last.
    const end = numbers.length - natives;
    const ofNatives = numbers.subarray(end);
    let at = 0;
    const rows = blocks.map((block): Rows => {
      const read = rowsOf(known.series, block, numbers.subarray(at, end), ofNatives);
      at += read.numbers.length;
      return read;
    });
    return { head: head as unknown as Report["head"], rows };
  }

  /** What is known of a log, which becomes the one that was used last. */
  #logOf({ name, length }: LogPlace): ReadLog {
    let log = this.#logs.get(name);
    if (log === undefined || length < log.length) log = { series: new SeriesLogs(), length: 0 };
    this.#logs.delete(name);
    this.#logs.set(name, log);
    const [oldest] = this.#logs.keys();
    if (this.#logs.size > MAX_LOGS) this.#logs.delete(oldest!);
    return log;
  }
}

interface ReportHead {
  readonly log: LogPlace;
  /** How many numbers natives have. */
  readonly natives: number;
  readonly blocks: readonly Block[];
}

interface Block {
  readonly layout: number;
  /** The first id of each run of adjacent ids, and how long the run is. */
  readonly runs: readonly number[];
  readonly extras?: readonly (readonly [number, Parameters<typeof decodeExtra>[0]])[];
}

function rowsOf(
  log: SeriesLogs,
  { layout, runs, extras = [] }: Block,
  numbers: Float64Array,
  natives: Float64Array,
): Rows {
  const series = log.of(layout);
  check(Array.isArray(runs) && Array.isArray(extras));
  const ids = idsOf(series, runs);
  const width = widthOf(series.layout);
  check(ids.length * width <= numbers.length);
  return {
    series,
    width,
    ids,
    numbers: numbers.subarray(0, ids.length * width),
    extras: extras.map(([row, extra]) => {
      check(isWhole(row) && row < ids.length);
      return [row, decodeExtra(extra, natives)];
    }),
  };
}

/** What runs the report before had of a log's series, and the ids of these. */
const lastIds = new WeakMap<SeriesLog, { readonly runs: readonly number[]; ids: Int32Array }>();

/** The ids of some runs: mostly they are those of the report before. */
function idsOf(series: SeriesLog, runs: readonly number[]): Int32Array {
  const last = lastIds.get(series);
  if (last?.runs.length === runs.length && last.runs.every((number, i) => number === runs[i])) {
    return last.ids;
  }
  let length = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const [first, count] = [runs[i]!, runs[i + 1]!];
    check(isWhole(first) && isWhole(count) && first + count <= series.values.length);
    length += count;
  }
  const ids = new Int32Array(length);
  let row = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const end = runs[i]! + runs[i + 1]!;
    for (let id = runs[i]!; id < end; id += 1) ids[row++] = id;
  }
  lastIds.set(series, { runs, ids });
  return ids;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
