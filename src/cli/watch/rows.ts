import type { Point } from "../../live/history/timeline.ts";
import { show, type Unit } from "../../live/values.ts";
import { harmless } from "../command.ts";
import type { Line, Quantiles, WatchedFamily } from "./readings.ts";
import type { Column } from "./table.ts";

/** A row of the table: a family, or a series of the family that is open. */
export class Row {
  readonly key: string;
  readonly name: string;
  readonly family: WatchedFamily;
  /** The newest value or rate: null if it is not known, undefined if there is none. */
  readonly now: number | null | undefined;
  readonly #line: Line;
  readonly #points: readonly Point[];

  /** @param points where its past is, of which little is read before the row is shown */
  constructor(key: string, family: WatchedFamily, line: Line, points: readonly Point[]) {
    this.key = key;
    this.name = harmless(line.name || family.name);
    this.family = family;
    this.#line = line;
    // Facts say nothing when they are added up.
    this.#points = family.isFacts && line === family.whole ? [] : points;
    [this.now] = line.past(this.#points.slice(-1));
  }

  past(): readonly (number | null)[] {
    return this.#line.past(this.#points);
  }

  quantiles(): Quantiles | undefined {
    return this.#line.quantiles(this.#points);
  }
}

export const FAMILY_COLUMNS: readonly Column<Row>[] = [
  { title: "TYPE", width: 9, rank: 3, side: "left", text: ({ family }) => family.family.type },
  { title: "SERIES", width: 8, rank: 4, side: "right", text: ({ family }) => String(family.size) },
];

export const NOW: Column<Row> = {
  title: "NOW",
  width: 11,
  rank: 1,
  side: "right",
  text: ({ now, family }) => (now === undefined ? "" : showNow(now, family.valueUnit)),
};

/** A point in time as how long ago it was, for which there is room. */
function showNow(value: number | null, unit: Unit): string {
  if (unit !== "time" || value === null) return show(value, unit);
  return `${show(Date.now() / 1000 - value, "seconds")} ago`;
}

export const QUANTILE_COLUMNS: readonly Column<Row>[] = ["P50", "P95", "P99"].map((title, i) => ({
  title,
  width: 9,
  rank: 2,
  side: "right",
  text: (row) => (row.family.hasQuantiles ? show(row.quantiles()?.[i], row.family.unit) : ""),
}));
