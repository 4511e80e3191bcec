import { fitted, textWidth } from "./text-width.ts";

/** A column of the table, which a narrow terminal may have no room for. */
export interface Column<Row> {
  readonly title: string;
  readonly width: number;
  /** Columns with a higher number are left out first. */
  readonly rank: number;
  readonly side: "left" | "right";
  text(row: Row): string;
}

/** What of a row stands where. */
export interface Layout<Row> {
  readonly nameWidth: number;
  readonly columns: readonly Column<Row>[];
  /** Of the sparkline; 0 where there is no room for it. */
  readonly barWidth: number;
}

const GAP = 2;
const LEAST_NAME = 16;
const LEAST_BARS = 8;

/** So much of a name is worth more than columns of a rank above 1. */
const READABLE_NAME = 28;

/** Gives each column its place. Names have what they need, and the sparkline the rest. */
export function laidOut<Row>(
  width: number,
  longestName: number,
  columns: readonly Column<Row>[],
): Layout<Row> {
  const wanted = Math.max(LEAST_NAME, longestName);
  const widthOf = (some: readonly Column<Row>[]) =>
    some.reduce((sum, column) => sum + GAP + column.width, 0);
  let shown = [...columns];
  for (let rank = Math.max(...shown.map((column) => column.rank)); rank > 0; rank--) {
    const name = rank > 1 ? Math.min(wanted, READABLE_NAME) : LEAST_NAME;
    if (widthOf(shown) + name <= width) break;
    shown = shown.filter((column) => column.rank !== rank);
  }
  const room = width - widthOf(shown);
  const forBars = Math.max(0, room - GAP - Math.min(wanted, room - GAP - LEAST_BARS));
  const barWidth = forBars >= LEAST_BARS && room >= LEAST_NAME + GAP + LEAST_BARS ? forBars : 0;
  return { nameWidth: room - (barWidth === 0 ? 0 : GAP + barWidth), columns: shown, barWidth };
}

/** A row as text, in parts that may have colours of their own. */
export function rowText<Row>(
  { nameWidth, columns, barWidth }: Layout<Row>,
  name: string,
  texts: readonly string[],
  bars: string,
): readonly [name: string, values: string, bars: string] {
  const gap = " ".repeat(GAP);
  const values = columns.map(({ width, side }, i) => gap + fitted(texts[i]!, width, side)).join("");
  return [
    fitted(name, Math.max(0, nameWidth)),
    values,
    barWidth === 0 ? "" : gap + fitted(bars, barWidth),
  ];
}

/** The longest of some texts, in columns of a terminal. */
export function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
}

const BARS = "▁▂▃▄▅▆▇█";

/** Values as bars, the newest at the right; what is not known is left blank. */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  isFromZero: boolean,
): string {
  const shown = values.slice(-width);
  const known = shown.filter((value) => value !== null);
  const low = isFromZero ? Math.min(0, ...known) : Math.min(...known);
  const range = Math.max(...known) - low;
  const bars = shown.map((value) => {
    if (value === null) return " ";
    if (range === 0) return BARS[0];
    return BARS[Math.min(BARS.length - 1, Math.floor(((value - low) / range) * BARS.length))];
  });
  return bars.join("").padStart(width);
}
