import type uPlot from "uplot";
import { ZERO_BUCKET } from "../../history/distribution-rows.ts";
import {
  type Merged,
  merge,
  placesOf,
  quantile,
  type Scale,
  valueAt,
} from "../../history/quantiles.ts";
import { show, showNumber, type Unit } from "../../values.ts";
import type { Exemplar, Row } from "../data.ts";
import { showTime } from "../format.ts";
import type { Store } from "../histories.ts";
import { colours } from "../theme.ts";
import { Chart, type Drawn, shownTime } from "./chart.ts";

const QUANTILES = [0.5, 0.95, 0.99] as const;

/** More rows of native buckets than these are drawn as fewer, wider ones. */
const MAX_PLACES = 28;

/** The narrowest column of a heatmap, in pixels. */
const MIN_COLUMN = 5;

/** What was observed in these rows, in buckets that are wide enough to be seen. */
function coarse(rows: readonly (Row | null)[], bounds: readonly number[]): Merged {
  let merged = merge(rows, bounds);
  while (merged.scale.schema !== undefined && merged.scale.high - merged.scale.low > MAX_PLACES) {
    merged = merge(rows, bounds, merged.scale.schema - 1);
  }
  return merged;
}

function placeOf({ schema, bounds }: Scale, value: number): number {
  if (schema !== undefined)
    return value > 0 ? Math.log2(value) * 2 ** schema : Number.NEGATIVE_INFINITY;
  const bucket = bounds.findIndex((bound) => value <= bound);
  if (bucket < 0) return bounds.length + 0.5;
  const from = bucket === 0 ? Math.min(0, bounds[0]!) : bounds[bucket - 1]!;
  return bucket + (value - from) / (bounds[bucket]! - from || 1);
}

/** How a distribution changes over time, with its quantiles as lines and its exemplars as points. */
export class Heatmap {
  readonly #chart: Chart;
  readonly #unit: Unit;
  readonly #caption: HTMLElement;
  #store: Store | undefined;
  #merged: Merged = merge([], []);
  #summary = "";

  constructor(
    host: HTMLElement,
    caption: HTMLElement,
    { unit, height, open }: { unit: Unit; height: number; open: (exemplar: Exemplar) => void },
  ) {
    this.#unit = unit;
    this.#caption = caption;
    this.#chart = new Chart(host, caption, {
      unit,
      height,
      axisText: (place) => show(valueAt(this.#merged.scale, place), unit),
      axisSplits: () => this.#splits(),
      range: () => [this.#merged.scale.low, this.#merged.scale.high],
      under: (u) => this.#drawCells(u),
      over: (u) => this.#drawExemplars(u),
      hover: (u, index, top) => this.#hover(u, index, top),
      press: (u, left, top) => {
        const exemplar = this.#near(u, left, top);
        if (exemplar !== undefined) open(exemplar);
      },
    });
  }

  update(store: Store): void {
    this.#store = store;
    const begin = store.times.findIndex((time) => time >= shownTime.from * 1000);
    const rows = begin < 0 ? [] : store.rows.slice(begin);
    this.#merged = coarse(rows, store.bounds);
    const { scale } = this.#merged;
    // A quantile of few values jumps, so each is of some rows.
    const some = store.times.map((_, at) => {
      return at < begin
        ? undefined
        : merge(store.rows.slice(Math.max(0, at - 4), at + 1), store.bounds);
    });
    const lines = QUANTILES.map(
      (q, i): Drawn => ({
        label: `p${q * 100}`,
        colour: colours().quantiles[i]!,
        width: 1.75,
        values: some.map((merged) => {
          const value = merged === undefined ? null : quantile(merged, q);
          return value === null ? null : Math.max(placeOf(scale, value), scale.low);
        }),
      }),
    );
    const recent = merge(store.rows.slice(-60), store.bounds);
    this.#summary = QUANTILES.map(
      (q) => `p${q * 100} ${show(quantile(recent, q), this.#unit)}`,
    ).join("  ·  ");
    const rate = recent.seconds > 0 ? recent.count / recent.seconds : 0;
    this.#chart.update(store.times, lines);
    if (recent.count === 0) this.#summary = "nothing was observed in the last minute";
    this.#say(
      recent.count === 0
        ? this.#summary
        : `${this.#summary}  ·  ${showNumber(Number(rate.toPrecision(3)))}/s`,
    );
  }

  destroy(): void {
    this.#chart.destroy();
  }

  #say(text: string): void {
    if (this.#caption.textContent !== text) this.#caption.textContent = text;
  }

  #splits(): number[] {
    const { low, high } = this.#merged.scale;
    const step = Math.max(1, Math.ceil((high - low) / 5));
    const splits: number[] = [];
    for (let place = low; place <= high; place += step) splits.push(place);
    return splits;
  }

  #drawCells(u: uPlot): void {
    const store = this.#store;
    if (store === undefined) return;
    const { ctx } = u;
    const { scale } = this.#merged;
    const [red, green, blue] = colours().heat;
    const pixels = u.bbox.width / devicePixelRatio;
    const step = ((shownTime.to - shownTime.from) / pixels) * MIN_COLUMN;
    const columns = new Map<number, { rows: Row[]; from: number; to: number }>();
    store.rows.forEach((row, i) => {
      const time = store.times[i]! / 1000;
      if (row === null || time < shownTime.from) return;
      const column = Math.floor(time / step);
      const known = columns.get(column);
      if (known === undefined)
        columns.set(column, { rows: [row], from: time - row.seconds, to: time });
      else {
        known.rows.push(row);
        known.to = time;
      }
    });
    let most = 0;
    const cells: [from: number, to: number, place: number, rate: number][] = [];
    for (const { rows, from, to } of columns.values()) {
      const { counts, seconds } = merge(rows, store.bounds, scale.schema);
      for (const [place, count] of counts) {
        const rate = count / seconds;
        most = Math.max(most, rate);
        cells.push([from, to, place === ZERO_BUCKET ? scale.low : place, rate]);
      }
    }
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    for (const [from, to, place, rate] of cells) {
      const left = Math.round(u.valToPos(from, "x", true));
      const right = Math.round(u.valToPos(to, "x", true));
      const top = Math.round(u.valToPos(place + 1, "y", true));
      const bottom = Math.round(u.valToPos(place, "y", true));
      ctx.fillStyle = `rgba(${red}, ${green}, ${blue}, ${0.12 + 0.78 * Math.sqrt(rate / most)})`;
      ctx.fillRect(left, top, Math.max(right - left, 1), Math.max(bottom - top - 1, 1));
    }
    ctx.restore();
  }

  #shownExemplars(): readonly Exemplar[] {
    return (this.#store?.exemplars ?? []).filter(({ time }) => time / 1000 >= shownTime.from);
  }

  #position(u: uPlot, { time, value }: Exemplar, isCanvas: boolean): [number, number] {
    const { scale } = this.#merged;
    const place = Math.min(Math.max(placeOf(scale, value), scale.low), scale.high);
    return [u.valToPos(time / 1000, "x", isCanvas), u.valToPos(place, "y", isCanvas)];
  }

  #drawExemplars(u: uPlot): void {
    const { ctx } = u;
    const size = 4 * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = colours().surface;
    ctx.strokeStyle = colours().text;
    ctx.lineWidth = 1.25 * devicePixelRatio;
    for (const exemplar of this.#shownExemplars()) {
      const [x, y] = this.#position(u, exemplar, true);
      ctx.beginPath();
      ctx.moveTo(x, y - size);
      ctx.lineTo(x + size, y);
      ctx.lineTo(x, y + size);
      ctx.lineTo(x - size, y);
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
    }
    ctx.restore();
  }

  #near(u: uPlot, left: number, top: number): Exemplar | undefined {
    return this.#shownExemplars().find((exemplar) => {
      const [x, y] = this.#position(u, exemplar, false);
      return Math.hypot(x - left, y - top) < 10;
    });
  }

  #hover(u: uPlot, index: number | undefined, top: number): string {
    const near = this.#near(u, u.cursor.left ?? -1, top);
    if (near !== undefined)
      return `exemplar ${show(near.value, this.#unit)}: press to see its trace`;
    const row = index === undefined ? undefined : this.#store?.rows[index];
    if (index === undefined || !row) return this.#summary;
    const { scale } = this.#merged;
    const place = Math.floor(u.posToVal(top, "y"));
    let count = 0;
    for (const [at, more] of placesOf(row, scale.schema)) if (at === place) count += more;
    const from = show(valueAt(scale, place), this.#unit);
    const isAbove = scale.schema === undefined && place >= scale.bounds.length;
    const to = isAbove ? "" : ` to ${show(valueAt(scale, place + 1), this.#unit)}`;
    return `${showTime(this.#store!.times[index]!)}  ${isAbove ? "above " : ""}${from}${to}: ${count} of ${row.count}`;
  }
}
