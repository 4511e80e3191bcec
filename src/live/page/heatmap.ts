import type uPlot from "uplot";
import { Chart, type Drawn, shownTime } from "./chart.ts";
import type { Exemplar, Row, Store } from "./data.ts";
import { show, showNumber, showTime, type Unit } from "./format.ts";
import { colours } from "./theme.ts";

/** The bucket of zero and of all that is below, in native histograms. */
const ZERO = -32_768;

const QUANTILES = [0.5, 0.95, 0.99] as const;

/** Where buckets are on the vertical axis: each has a unit of height, and ends at its own number plus one. */
interface Scale {
  readonly schema: number | undefined;
  readonly bounds: readonly number[];
  /** The lowest and the highest place that is drawn. */
  readonly low: number;
  readonly high: number;
}

/** What was observed in some rows together: the buckets in ascending order, with their counts. */
export interface Merged {
  readonly scale: Scale;
  readonly counts: readonly (readonly [place: number, count: number])[];
  readonly count: number;
  readonly sum: number;
  readonly seconds: number;
}

function schemaOf(rows: readonly (Row | null)[]): number | undefined {
  let schema: number | undefined;
  for (const row of rows) {
    if (row?.schema !== undefined) schema = Math.min(schema ?? row.schema, row.schema);
  }
  return schema;
}

/** Buckets of a row by their places. */
function* placesOf(
  { buckets, schema: own }: Row,
  schema: number | undefined,
): Generator<[number, number]> {
  for (let i = 0; i < buckets.length; i += 2) {
    const bucket = buckets[i]!;
    const steps = (own ?? 0) - (schema ?? 0);
    // A native bucket begins where the one before it ends.
    const place =
      own === undefined || bucket === ZERO ? bucket : Math.ceil(bucket / 2 ** steps) - 1;
    yield [place, buckets[i + 1]!];
  }
}

/** More rows of native buckets than these are drawn as fewer, wider ones. */
const MAX_PLACES = 28;

/** The narrowest column of a heatmap, in pixels. */
const MIN_COLUMN = 5;

export function merge(
  rows: readonly (Row | null)[],
  bounds: readonly number[],
  schema: number | undefined = schemaOf(rows),
): Merged {
  const counts = new Map<number, number>();
  let count = 0;
  let sum = 0;
  let seconds = 0;
  for (const row of rows) {
    if (row === null) continue;
    count += row.count;
    sum += row.sum;
    seconds += row.seconds;
    for (const [place, more] of placesOf(row, schema))
      counts.set(place, (counts.get(place) ?? 0) + more);
  }
  const places = [...counts.keys()].filter((place) => place !== ZERO);
  const low = places.length > 0 ? places.reduce((a, b) => Math.min(a, b)) : 0;
  const high =
    places.length > 0 ? places.reduce((a, b) => Math.max(a, b)) + 1 : Math.max(1, bounds.length);
  const hasZero = counts.has(ZERO);
  const scale = { schema, bounds, low: hasZero ? low - 1 : low, high };
  return { scale, counts: [...counts].sort(([a], [b]) => a - b), count, sum, seconds };
}

/** The same, in buckets that are wide enough to be seen. */
function coarse(rows: readonly (Row | null)[], bounds: readonly number[]): Merged {
  let merged = merge(rows, bounds);
  while (merged.scale.schema !== undefined && merged.scale.high - merged.scale.low > MAX_PLACES) {
    merged = merge(rows, bounds, merged.scale.schema - 1);
  }
  return merged;
}

/** The value at a place of the axis. */
function valueAt({ schema, bounds }: Scale, place: number): number {
  if (schema !== undefined) return 2 ** (place / 2 ** schema);
  const bucket = Math.floor(place);
  const from = bucket <= 0 ? 0 : (bounds[bucket - 1] ?? bounds.at(-1) ?? 0);
  const to = bounds[bucket] ?? from;
  return from + (to - from) * (place - bucket);
}

function placeOf({ schema, bounds }: Scale, value: number): number {
  if (schema !== undefined)
    return value > 0 ? Math.log2(value) * 2 ** schema : Number.NEGATIVE_INFINITY;
  const bucket = bounds.findIndex((bound) => value <= bound);
  if (bucket < 0) return bounds.length + 0.5;
  const from = bucket === 0 ? Math.min(0, bounds[0]!) : bounds[bucket - 1]!;
  return bucket + (value - from) / (bounds[bucket]! - from || 1);
}

/** The place of a quantile; undefined where nothing was observed. */
function quantilePlace({ counts }: Pick<Merged, "counts">, quantile: number): number | undefined {
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return undefined;
  let below = 0;
  for (const [place, count] of counts) {
    if (below + count >= quantile * all) {
      return place === ZERO ? ZERO : place + (quantile * all - below) / count;
    }
    below += count;
  }
  return undefined;
}

/** A quantile of what was observed, as Prometheus would interpolate it. */
export function quantile(merged: Merged, q: number): number | null {
  const place = quantilePlace(merged, q);
  if (place === undefined) return null;
  const { scale } = merged;
  if (place === ZERO) return 0;
  // All that is above the highest bound is at it.
  if (scale.schema === undefined && place > scale.bounds.length) return scale.bounds.at(-1) ?? null;
  return valueAt(scale, place);
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
        cells.push([from, to, place === ZERO ? scale.low : place, rate]);
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
