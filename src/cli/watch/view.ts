import { count, harmless, type Output } from "../command.ts";
import type { Key } from "./keys.ts";
import type { Readings } from "./readings.ts";
import { FAMILY_COLUMNS, NOW, QUANTILE_COLUMNS, Row } from "./rows.ts";
import { type Layout, laidOut, longest, rowText, sparkline } from "./table.ts";
import type { Status } from "./target.ts";
import { fitted, textWidth } from "./text-width.ts";

const ORDERS = ["page", "name", "now", "series"] as const;
type Order = (typeof ORDERS)[number];

/** How far back a sparkline goes. */
const MOST_BARS = 120;

/** Title, summary, headings, and the keys at the bottom. */
const OTHER_LINES = 4;

const KEYS = {
  families: "↑↓ choose   enter open   / search   s sort   r reverse   q quit",
  series: "↑↓ choose   esc back   / search   s sort   r reverse   q quit",
  search: "enter keep   esc clear",
} as const;

/** What is on the screen, and what keys do to it. */
export class View {
  readonly #title: string;
  readonly #readings: Readings;
  readonly #output: Output;
  /** Under which name a family is open. */
  #opened: string | undefined;
  readonly #searches = { families: "", series: "" };
  #isTyping = false;
  #order: Order = "page";
  #isReversed = false;
  #selected: string | undefined;
  #selectedFamily: string | undefined;
  #top = 0;
  #pageRows = 1;
  /** The rows as they were drawn, which keys act on. */
  #rows: readonly Row[] = [];

  constructor(title: string, readings: Readings, output: Output, search: string) {
    this.#title = title;
    this.#readings = readings;
    this.#output = output;
    this.#searches.families = search;
  }

  /** Whether keys write what is searched for. */
  get isTyping(): boolean {
    return this.#isTyping;
  }

  /** Does what a key is for. */
  press(key: Key): void {
    if (this.#isTyping) this.#type(key);
    else if (key.name in this.#actions) this.#actions[key.name]!();
  }

  /** The lines of the screen, of at most this size. */
  frame(columns: number, rows: number, status: Status): string[] {
    this.#pageRows = Math.max(1, rows - OTHER_LINES);
    const all = this.#sorted(this.#found());
    this.#rows = all;
    const selected = Math.max(
      0,
      all.findIndex(({ key }) => key === this.#selected),
    );
    this.#scrollTo(selected, all.length);
    const layout = this.#layout(columns, all);
    const shown = all.slice(this.#top, this.#top + this.#pageRows);
    const lines = [
      this.#titleLine(columns, status),
      this.#output.dim(fitted(this.#summary(all.length), columns)),
      this.#headings(layout),
      ...shown.map((row, i) => this.#row(layout, row, this.#top + i === selected)),
    ];
    while (lines.length < rows - 1) lines.push("");
    return [...lines.slice(0, Math.max(0, rows - 1)), this.#bottom(columns)].slice(-rows);
  }

  readonly #actions: Readonly<Record<string, () => void>> = {
    up: () => this.#move(-1),
    down: () => this.#move(1),
    k: () => this.#move(-1),
    j: () => this.#move(1),
    pageup: () => this.#move(-this.#pageRows),
    pagedown: () => this.#move(this.#pageRows),
    home: () => this.#move(Number.NEGATIVE_INFINITY),
    end: () => this.#move(Number.POSITIVE_INFINITY),
    enter: () => this.#open(),
    right: () => this.#open(),
    escape: () => this.#close(),
    left: () => this.#close(),
    backspace: () => this.#close(),
    "/": () => {
      this.#isTyping = true;
    },
    s: () => {
      const orders = ORDERS.filter((order) => order !== "series" || this.#opened === undefined);
      this.#order = orders[(orders.indexOf(this.#order) + 1) % orders.length]!;
    },
    r: () => {
      this.#isReversed = !this.#isReversed;
    },
  };

  get #list(): "families" | "series" {
    return this.#opened === undefined ? "families" : "series";
  }

  #type(key: Key): void {
    const text = this.#searches[this.#list];
    if (key.name === "enter" || key.name === "escape") this.#isTyping = false;
    if (key.name === "escape") this.#searches[this.#list] = "";
    else if (key.name === "backspace") this.#searches[this.#list] = text.slice(0, -1);
    else if (key.text !== undefined) this.#searches[this.#list] = text + key.text;
  }

  #move(by: number): void {
    const at = this.#rows.findIndex(({ key }) => key === this.#selected);
    const to = Math.min(Math.max(Math.max(at, 0) + by, 0), this.#rows.length - 1);
    this.#selected = this.#rows[to]?.key;
  }

  #open(): void {
    if (this.#opened !== undefined) return;
    const row = this.#rows.find(({ key }) => key === this.#selected) ?? this.#rows[0];
    if (row === undefined) return;
    this.#opened = row.key;
    this.#selectedFamily = row.key;
    this.#selected = undefined;
    this.#searches.series = "";
    if (this.#order === "series") this.#order = "now";
  }

  #close(): void {
    if (this.#opened === undefined) {
      this.#searches.families = "";
      return;
    }
    this.#opened = undefined;
    this.#selected = this.#selectedFamily;
  }

  #found(): Row[] {
    const search = this.#searches[this.#list].toLowerCase();
    const points = this.#readings.points(MOST_BARS);
    const isFound = (text: string) => text.toLowerCase().includes(search);
    if (this.#opened === undefined) {
      return Array.from(this.#readings.families)
        .filter(([, { name }]) => isFound(name))
        .map(([key, family]) => new Row(key, family, family.whole, points));
    }
    const family = this.#readings.families.get(this.#opened);
    return Array.from(family?.series ?? [])
      .filter(([, line]) => isFound(line.name))
      .map(([key, line]) => new Row(key, family!, line, points));
  }

  #sorted(rows: Row[]): Row[] {
    const by = {
      page: () => 0,
      name: (a: Row, b: Row) => (a.name < b.name ? -1 : 1),
      now: (a: Row, b: Row) => sortable(b) - sortable(a),
      series: (a: Row, b: Row) => b.family.size - a.family.size,
    }[this.#order];
    const sorted = rows.sort(by);
    return this.#isReversed ? sorted.reverse() : sorted;
  }

  #scrollTo(selected: number, all: number): void {
    const most = Math.max(0, all - this.#pageRows);
    this.#top = Math.min(Math.max(this.#top, selected - this.#pageRows + 1), selected, most);
  }

  #layout(columns: number, rows: readonly Row[]): Layout<Row> {
    const hasQuantiles = rows.some(({ family }) => family.hasQuantiles);
    return laidOut(
      // The mark of the chosen row stands before the name.
      columns - 2,
      longest(rows.map(({ name }) => name)),
      [
        ...(this.#opened === undefined ? FAMILY_COLUMNS : []),
        NOW,
        ...(hasQuantiles ? QUANTILE_COLUMNS : []),
      ],
    );
  }

  #titleLine(columns: number, { text, isTrouble }: Status): string {
    const right = ` ${harmless(text)}`;
    const room = Math.max(columns - textWidth(right), Math.min(16, Math.floor(columns / 2)));
    const left = fitted(this.#title, room);
    const status = fitted(right, columns - textWidth(left));
    return this.#output.bold(left) + (isTrouble ? this.#output.red(status) : status);
  }

  #summary(found: number): string {
    const text = this.#searches[this.#list];
    const search =
      this.#isTyping || text !== "" ? `   search: ${text}${this.#isTyping ? "▏" : ""}` : "";
    if (this.#opened !== undefined) {
      const family = this.#readings.families.get(this.#opened);
      const { help = "", type = "" } = family?.family ?? {};
      const size =
        family === undefined ? "it is gone" : `${found} of ${count(family.size, "series")}`;
      const name = family?.name ?? this.#opened;
      return harmless(`${name} (${type}), ${size}${search}   ${help.replace(/\s+/g, " ")}`);
    }
    const families = [...this.#readings.families.values()];
    const series = families.reduce((sum, { size }) => sum + size, 0);
    const some = found < families.length ? `${found} of ` : "";
    return harmless(
      `${some}${count(families.length, "family")}, ${count(series, "series")}${search}`,
    );
  }

  #headings(layout: Layout<Row>): string {
    const first = this.#opened === undefined ? "METRIC" : "SERIES";
    const mark = this.#isReversed ? "▲" : "▼";
    const sorted = { page: undefined, name: first, now: NOW.title, series: "SERIES" }[this.#order];
    const titled = (title: string) => (title === sorted ? `${title} ${mark}` : title);
    const [name, values, bars] = rowText(
      layout,
      titled(first),
      layout.columns.map(({ title }, i) => (i === 0 && title === first ? title : titled(title))),
      "LATELY",
    );
    return this.#output.bold(`  ${name}${values}${bars}`);
  }

  #row(layout: Layout<Row>, row: Row, isSelected: boolean): string {
    const isFromZero =
      row.family.valueUnit !== row.family.unit || row.family.family.type === "counter";
    const bars = sparkline(row.past(), layout.barWidth, isFromZero);
    const texts = layout.columns.map((column) => column.text(row));
    const [name, values, drawn] = rowText(layout, row.name, texts, bars);
    const { bold, cyan } = this.#output;
    return `${isSelected ? "› " : "  "}${isSelected ? bold(name) : name}${isSelected ? bold(values) : values}${cyan(drawn)}`;
  }

  #bottom(columns: number): string {
    return this.#output.dim(fitted(KEYS[this.#isTyping ? "search" : this.#list], columns));
  }
}

/** What is not known comes last. */
function sortable({ now }: Row): number {
  return now ?? Number.NEGATIVE_INFINITY;
}
