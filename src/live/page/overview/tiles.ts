import { merge, quantile } from "../../history/quantiles.ts";
import { show, showNumber, type Unit } from "../../values.ts";
import { el, setText } from "../dom.ts";
import type { Store } from "../histories.ts";
import { colours } from "../theme.ts";

export type Stores = Readonly<Record<string, Store>>;
type Values = readonly (number | null)[];

/** A number with its recent past. */
interface Tile {
  readonly title: string;
  read(stores: Stores): { value: string; past: Values; state?: "bad" | "warn" | undefined };
}

const RECENT_ROWS = 60;

export const line = (store: Store | undefined, name: string): Values =>
  [...(store?.lines.values() ?? [])].find(({ labels }) => labels[0]?.[1] === name)?.values ?? [];

const newest = (values: Values): number | null =>
  values.findLast((value) => value !== null) ?? null;

function mean(values: Values, rows: number): number | null {
  const known = values.slice(-rows).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The share of requests that failed: 5xx, and those that ended without a status. */
function errorShare(store: Store | undefined): Values {
  const failed = [line(store, "5xx"), line(store, "none")];
  return (store?.total ?? []).map((all, i) => {
    if (all === null) return null;
    const bad = failed.reduce((sum, values) => sum + (values[i] ?? 0), 0);
    return all > 0 ? bad / all : 0;
  });
}

const quantileTile = (q: number): Tile => ({
  title: `p${q * 100}`,
  read: ({ duration }) => {
    const rows = duration?.rows ?? [];
    const past = rows
      .slice(-RECENT_ROWS)
      .map((row) => (row ? quantile(merge([row], []), q) : null));
    return { value: show(quantile(merge(rows.slice(-RECENT_ROWS), []), q), "seconds"), past };
  },
});

const gauge = (
  title: string,
  store: string,
  name: string,
  unit: Unit,
  warnAt = Infinity,
): Tile => ({
  title,
  read: (stores) => {
    const past = line(stores[store], name);
    const value = newest(past);
    return {
      value: show(value, unit),
      past,
      state: value !== null && value >= warnAt ? "warn" : undefined,
    };
  },
});

const TILES: readonly Tile[] = [
  {
    title: "Requests",
    read: ({ requests }) => {
      const past = requests?.total ?? [];
      const rate = mean(past, 10);
      return { value: rate === null ? "–" : `${showNumber(Number(rate.toPrecision(3)))}/s`, past };
    },
  },
  {
    title: "Errors",
    read: ({ requests }) => {
      const past = errorShare(requests);
      const all = mean(requests?.total ?? [], RECENT_ROWS) ?? 0;
      const bad = ["5xx", "none"].reduce((sum, name) => {
        const values = line(requests, name).slice(-RECENT_ROWS);
        return (
          sum +
          values.reduce<number>((total, value) => total + (value ?? 0), 0) /
            Math.max(values.length, 1)
        );
      }, 0);
      const share = all > 0 ? bad / all : 0;
      return {
        value: show(share, "ratio"),
        past,
        state: share > 0.01 ? "bad" : share > 0 ? "warn" : undefined,
      };
    },
  },
  quantileTile(0.5),
  quantileTile(0.95),
  quantileTile(0.99),
  gauge("In flight", "running", "in flight", "none"),
  gauge("Oldest request", "running", "oldest", "seconds", 30),
  {
    title: "CPU",
    read: ({ cpu }) => {
      const past = cpu?.total ?? [];
      const value = mean(past, 5);
      return {
        value: show(value, "ratio"),
        past,
        state: value !== null && value > 0.95 ? "warn" : undefined,
      };
    },
  },
  gauge("Memory", "process", "resident memory", "bytes"),
  gauge("Event loop", "process", "event loop utilization", "ratio", 0.95),
];

/** The numbers that a person asks for first. */
export class Tiles {
  readonly element = el("dl", { class: "tiles" });
  readonly #tiles = TILES.map((tile) => {
    const value = el("dd", { class: "value", text: "–" });
    const spark = el("canvas", { attributes: { "aria-hidden": "true" } });
    const box = el("div", { class: "tile" }, el("dt", { text: tile.title }), value, spark);
    return { tile, value, spark, box };
  });

  constructor() {
    this.element.append(...this.#tiles.map(({ box }) => box));
  }

  update(stores: Stores): void {
    for (const { tile, value, spark, box } of this.#tiles) {
      const { value: text, past, state } = tile.read(stores);
      setText(value, text);
      box.classList.toggle("bad", state === "bad");
      box.classList.toggle("warn", state === "warn");
      drawSpark(spark, past.slice(-RECENT_ROWS), state);
    }
  }
}

function drawSpark(canvas: HTMLCanvasElement, values: Values, state: string | undefined): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0) return;
  const ratio = devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const ctx = canvas.getContext("2d")!;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, width, height);
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return;
  const most = Math.max(...known, 1e-9);
  const { lines, bad, warn } = colours();
  ctx.strokeStyle = state === "bad" ? bad : state === "warn" ? warn : lines[0]!;
  ctx.lineWidth = 1.5;
  ctx.lineJoin = "round";
  ctx.beginPath();
  let isBegun = false;
  values.forEach((value, i) => {
    if (value === null) return;
    const x = (i / (values.length - 1)) * width;
    const y = height - 2 - (value / most) * (height - 4);
    if (isBegun) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    isBegun = true;
  });
  ctx.stroke();
}
