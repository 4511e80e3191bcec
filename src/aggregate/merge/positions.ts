import type { SeriesLog } from "../region/series-log.ts";

/**
 * The series of a family in the sum of several processes: which label sets are the same series. Positions
 * are only added, so that pages that are being written can go on with them.
 */
export class Positions {
  readonly labelNames: (readonly string[])[] = [];
  readonly labelValues: (readonly string[])[] = [];
  readonly keys: string[] = [];
  /** The earliest start of each series, in seconds since the epoch; NaN where it is not known. */
  readonly createds: number[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #names = new Map<string, readonly string[]>();
  /** The position of each series of a log, for each label that is added to the log's own. */
  readonly #ofLogs = new WeakMap<SeriesLog, Map<string, number[]>>();

  /**
   * The positions of the series of a log, by their ids.
   *
   * @param process the value of a label `process` that they get; undefined if they get none
   */
  of(series: SeriesLog, process: string | undefined): readonly number[] {
    let byProcess = this.#ofLogs.get(series);
    if (byProcess === undefined) {
      byProcess = new Map();
      this.#ofLogs.set(series, byProcess);
    }
    let positions = byProcess.get(process ?? "");
    if (positions === undefined) {
      positions = [];
      byProcess.set(process ?? "", positions);
    }
    const { values, createds, layout } = series;
    for (let id = positions.length; id < values.length; id += 1) {
      const position = this.find(layout.labelNames, values[id]!, process);
      this.#begin(position, createds[id]!);
      positions.push(position);
    }
    return positions;
  }

  /** The position of a label set, whatever the order of the labels; empty ones are as good as none. */
  find(labelNames: readonly string[], values: readonly string[], process?: string): number {
    const pairs = labelNames
      .map((name, i) => [name, values[i]!] as const)
      .filter(([name, value]) => value !== "" && (process === undefined || name !== "process"));
    if (process !== undefined) pairs.push(["process", process]);
    const key = JSON.stringify(pairs.length > 1 ? [...pairs].sort(byName) : pairs);
    let position = this.#byKey.get(key);
    if (position === undefined) {
      position = this.keys.length;
      this.#byKey.set(key, position);
      this.keys.push(key);
      this.createds.push(Number.NaN);
      this.labelNames.push(this.#sharedNames(pairs.map(([name]) => name)));
      this.labelValues.push(pairs.map(([, value]) => value));
    }
    return position;
  }

  get size(): number {
    return this.keys.length;
  }

  #begin(position: number, created: number): void {
    if (!(this.createds[position]! <= created) && !Number.isNaN(created)) {
      this.createds[position] = created;
    }
  }

  /** The same array for all series with the same names, as sinks cache what they make of it. */
  #sharedNames(names: readonly string[]): readonly string[] {
    const key = JSON.stringify(names);
    const shared = this.#names.get(key) ?? names;
    this.#names.set(key, shared);
    return shared;
  }
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
