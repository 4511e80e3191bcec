import { unitOf } from "../../values.ts";
import type { Exemplar, Family, Labels } from "../data.ts";
import { showLabels } from "../format.ts";
import type { Store } from "../histories.ts";
import { colours, onTheme } from "../theme.ts";
import { Chart, type Drawn, shownTime } from "./chart.ts";
import { Heatmap } from "./heatmap.ts";

/** What draws the history of one family. */
export interface Drawing {
  update(store: Store): void;
  destroy(): void;
}

/** More lines than these are drawn as their sum. */
const MAX_LINES = 6;

/** Labels that all series of the registry have. */
let constant: ReadonlySet<string> = new Set();

export function setConstantLabels(labels: Labels): void {
  constant = new Set(labels.map(([name]) => name));
}

/** The drawing that fits the type of a family. */
export function drawingOf(
  family: Family,
  host: HTMLElement,
  caption: HTMLElement,
  {
    height,
    maxLines = MAX_LINES,
    open,
  }: { height: number; maxLines?: number; open: (exemplar: Exemplar) => void },
): Drawing {
  const unit = unitOf(family);
  if (family.type === "histogram" || family.type === "gaugehistogram") {
    return new Heatmap(host, caption, { unit, height, open });
  }
  if (family.type === "stateset") return new Bands(host, caption, height, family.name);
  const chart = new Chart(host, caption, { unit, height });
  return {
    update: (store) => chart.update(store.times, linesOf(store, family, maxLines)),
    destroy: () => chart.destroy(),
  };
}

/** Whether each series is drawn, and not only all together. */
export function hasLines(store: Store, series: number, maxLines = MAX_LINES): boolean {
  return store.lines.size > 0 && (store.lines.size <= maxLines || series <= maxLines);
}

function linesOf(store: Store, family: Family, maxLines: number): Drawn[] {
  const palette = colours().lines;
  const isSum = family.type !== "summary" && !hasLines(store, family.series, maxLines);
  if (isSum)
    return [
      { label: family.series > 1 ? "all together" : "", values: store.total, colour: palette[0]! },
    ];
  const lines = [...store.lines.values()].slice(0, Math.max(maxLines, 8));
  const shared = sharedLabels(lines.map(({ labels }) => labels));
  return lines.map(({ labels, values }, i) => ({
    label: showLabels(labels.filter(([name]) => !shared.has(name) && !constant.has(name))),
    values,
    colour: palette[i % palette.length]!,
  }));
}

/** Labels that have the same value in all lines, and tell nothing apart. */
function sharedLabels(lists: readonly Labels[]): Set<string> {
  // A line that is alone is told by all of its labels.
  const [first = []] = lists.length > 1 ? lists : [];
  const shared = first.filter(([name, value]) =>
    lists.every((labels) => labels.some(([n, v]) => n === name && v === value)),
  );
  return new Set(shared.map(([name]) => name));
}

/** Bands that show when each state was on. */
class Bands implements Drawing {
  readonly #host: HTMLElement;
  readonly #caption: HTMLElement;
  readonly #canvas = document.createElement("canvas");
  readonly #height: number;
  readonly #own: string;
  readonly #resized: ResizeObserver;
  readonly #unsubscribe: () => void;
  #store: Store | undefined;

  /** @param own the label that has the states */
  constructor(host: HTMLElement, caption: HTMLElement, height: number, own: string) {
    this.#host = host;
    this.#caption = caption;
    this.#height = height;
    this.#own = own;
    host.style.height = `${height}px`;
    this.#canvas.setAttribute("aria-hidden", "true");
    host.append(this.#canvas);
    this.#resized = new ResizeObserver(() => this.#draw());
    this.#resized.observe(host);
    this.#unsubscribe = onTheme(() => this.#draw());
  }

  update(store: Store): void {
    this.#store = store;
    this.#draw();
  }

  destroy(): void {
    this.#resized.disconnect();
    this.#unsubscribe();
    this.#canvas.remove();
  }

  #draw(): void {
    const width = this.#host.clientWidth;
    const store = this.#store;
    if (width === 0 || store === undefined) return;
    const ratio = devicePixelRatio;
    this.#canvas.width = width * ratio;
    this.#canvas.height = this.#height * ratio;
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${this.#height}px`;
    const ctx = this.#canvas.getContext("2d")!;
    ctx.scale(ratio, ratio);
    const { text, grid, lines: palette } = colours();
    const lines = [...store.lines.values()];
    const left = 96;
    const band = Math.min(28, (this.#height - 4) / Math.max(lines.length, 1));
    const { from, to } = shownTime;
    const x = (time: number) => left + ((time / 1000 - from) / (to - from)) * (width - left - 4);
    ctx.font = "12px system-ui, sans-serif";
    ctx.textBaseline = "middle";
    const on: string[] = [];
    lines.forEach(({ labels, values }, i) => {
      const top = 4 + i * band;
      const state = labels.find(([name]) => name === this.#own)?.[1] ?? "";
      ctx.fillStyle = text;
      ctx.fillText(shortened(ctx, state, left - 12), 0, top + band / 2);
      ctx.fillStyle = grid;
      ctx.fillRect(left, top + 3, width - left - 4, band - 6);
      ctx.fillStyle = palette[i % palette.length]!;
      values.forEach((value, at) => {
        if (value !== 1) return;
        const begin = Math.max(left, x(store.times[at - 1] ?? store.times[at]!));
        const end = x(store.times[at]!);
        if (end > left) ctx.fillRect(begin, top + 3, Math.max(end - begin, 1), band - 6);
      });
      if (values.at(-1) === 1) on.push(state);
    });
    this.#caption.textContent = on.length > 0 ? `on: ${on.join(", ")}` : "none is on";
  }
}

function shortened(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  let short = text;
  while (short.length > 1 && ctx.measureText(short).width > width) short = `${short.slice(0, -2)}…`;
  return short;
}
