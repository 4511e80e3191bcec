import type { SeriesSlots } from "../../model/series-run.ts";
import type { SeriesLog } from "../region/series-log.ts";

/**
 * The series of a family in the sum of several processes: which label sets are the same series. Positions
 * are only added, so that pages that are being written can go on with them.
 */
export class Positions implements SeriesSlots {
  readonly labelNames: (readonly string[])[] = [];
  readonly labelValues: (readonly string[])[] = [];
  readonly keys: string[] = [];
  /** The earliest start of each series, in seconds since the epoch; NaN where it is not known. */
  readonly createds: number[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #names = new Map<string, readonly string[]>();
  /** How often it turned out that a series began earlier. */
  restarts = 0;
  /** Whether all series have the same label names, in the same array. */
  isUniform = true;
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
      const known = this.size;
      const position = this.find(layout.labelNames, values[id]!, process);
      if (this.#begin(position, createds[id]!) && position < known) this.restarts += 1;
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
      const names = this.#sharedNames(pairs.map(([name]) => name));
      this.labelNames.push(names);
      this.isUniform &&= names === this.labelNames[0];
      this.labelValues.push(pairs.map(([, value]) => value));
    }
    return position;
  }

  get size(): number {
    return this.keys.length;
  }

  get slotCount(): number {
    return this.size;
  }

  get newest(): number {
    return this.size;
  }

  /** A position has the same series for ever. */
  generation(position: number): number {
    return position + 1;
  }

  /** Takes the earliest start; returns whether that is this one. */
  #begin(position: number, created: number): boolean {
    if (this.createds[position]! <= created || Number.isNaN(created)) return false;
    this.createds[position] = created;
    return true;
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
