import uPlot from "uplot";
import { show, type Unit } from "../../values.ts";
import { showTime } from "../format.ts";
import { colours, onTheme } from "../theme.ts";

/** A line of a chart. */
export interface Drawn {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly colour: string;
  readonly width?: number;
}

/** How a chart looks. */
export interface ChartOptions {
  readonly unit: Unit;
  readonly height: number;
  /** Lines on top of each other, as parts of a whole. */
  readonly isStacked?: boolean;
  /** Texts of the vertical axis, where its values are places. */
  readonly axisText?: (value: number) => string;
  readonly axisSplits?: () => number[];
  readonly range?: () => [number, number];
  /** Draws below the lines. */
  readonly under?: (u: uPlot) => void;
  /** Draws above the lines. */
  readonly over?: (u: uPlot) => void;
  /** Says in words what the pointer is at. */
  readonly hover?: (u: uPlot, index: number | undefined, top: number) => string;
  readonly press?: (u: uPlot, left: number, top: number) => void;
}

/** The time that charts show, in seconds since the epoch. */
export const shownTime = { from: 0, to: 1 };

/** A chart of uPlot's, with a line of text below it that says what the pointer is at. */
export class Chart {
  readonly #host: HTMLElement;
  readonly #caption: HTMLElement | undefined;
  readonly #options: ChartOptions;
  readonly #resized: ResizeObserver;
  readonly #unsubscribe: () => void;
  #plot: uPlot | undefined;
  #key = "";
  #times: readonly number[] = [];
  #drawn: readonly Drawn[] = [];
  #isHovered = false;

  constructor(host: HTMLElement, caption: HTMLElement | undefined, options: ChartOptions) {
    this.#host = host;
    this.#caption = caption;
    this.#options = options;
    host.style.height = `${options.height}px`;
    this.#resized = new ResizeObserver(() => this.#resize());
    this.#resized.observe(host);
    this.#unsubscribe = onTheme(() => this.#rebuild());
  }

  /** @param times in milliseconds since the epoch */
  update(times: readonly number[], drawn: readonly Drawn[]): void {
    this.#times = times;
    this.#drawn = drawn;
    const key = JSON.stringify(drawn.map(({ label, colour }) => [label, colour]));
    if (this.#plot === undefined || key !== this.#key) {
      this.#key = key;
      this.#rebuild();
    } else {
      this.#plot.setData(this.#data(), true);
    }
    if (!this.#isHovered) this.#say(undefined);
  }

  destroy(): void {
    this.#resized.disconnect();
    this.#unsubscribe();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #data(): uPlot.AlignedData {
    const x = this.#times.map((time) => time / 1000);
    const lines = this.#options.isStacked
      ? stacked(this.#drawn)
      : this.#drawn.map(({ values }) => values);
    return [x, ...lines] as uPlot.AlignedData;
  }

  #resize(): void {
    const width = this.#host.clientWidth;
    if (width > 0 && this.#plot?.width !== width) {
      this.#plot?.setSize({ width, height: this.#options.height });
    }
  }

  #rebuild(): void {
    this.#plot?.destroy();
    const width = this.#host.clientWidth;
    if (width === 0) return;
    this.#plot = new uPlot(this.#settings(width), this.#data(), this.#host);
  }

  #settings(width: number): uPlot.Options {
    const { unit, height, isStacked, axisText, axisSplits, range, under, over, hover, press } =
      this.#options;
    const { faint, grid } = colours();
    const font = "11px system-ui, sans-serif";
    const axis = { stroke: faint, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    return {
      width,
      height,
      legend: { show: false },
      padding: [8, 4, 0, 0],
      cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
      scales: {
        x: { time: true, range: () => [shownTime.from, shownTime.to] },
        y: { range: (_u, _min, max) => range?.() ?? [0, max > 0 ? max * 1.12 : 1] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 22,
          space: 72,
          values: (_u, splits) =>
            splits.map((at) => showTime(at * 1000).slice(0, at % 60 === 0 ? 5 : 8)),
        },
        {
          ...axis,
          size: 58,
          gap: 6,
          space: 28,
          values: (_u, splits) =>
            splits.map((at) => axisText?.(at) ?? (unit === "time" ? "" : show(at, unit))),
          ...(axisSplits && { splits: axisSplits }),
        },
      ],
      series: [
        {},
        ...this.#drawn.map(({ label, colour, width = 1.5 }) => ({
          label,
          stroke: colour,
          width,
          spanGaps: true,
          points: { show: false },
          ...(isStacked ? { fill: `${colour}59` } : {}),
        })),
      ],
      // Each fill ends at the line below it, so that colours don't mix.
      ...(isStacked && {
        bands: this.#drawn.slice(1).map((_, i) => ({ series: [i + 1, i + 2] as [number, number] })),
      }),
      hooks: {
        ...(under && { drawAxes: [under] }),
        ...(over && { draw: [over] }),
        setCursor: [
          (u) => {
            const { idx, left = -1, top = 0 } = u.cursor;
            this.#isHovered = left >= 0;
            const at = left >= 0 ? (idx ?? undefined) : undefined;
            if (hover !== undefined && at !== undefined) this.#write(hover(u, at, top));
            else this.#say(at);
          },
        ],
        ready: [
          (u) => {
            // A picture to screen readers: the text below says what it shows.
            u.root.setAttribute("aria-hidden", "true");
            if (press)
              u.over.addEventListener("click", () =>
                press(u, u.cursor.left ?? -1, u.cursor.top ?? -1),
              );
          },
        ],
      },
    };
  }

  /** Says the values at a place, or else the newest ones. */
  #say(index: number | undefined): void {
    const parts = this.#drawn
      .map(({ label, values }) => [label, at(values, index)] as const)
      .filter(([, value]) => value !== null && value !== undefined)
      .slice(0, 6)
      .map(([label, value]) => `${label ? `${label} ` : ""}${show(value, this.#options.unit)}`);
    const time = index === undefined ? "" : `${showTime(this.#times[index]!)}  `;
    if (!this.#options.axisText) this.#write(time + parts.join("  ·  "));
  }

  #write(text: string): void {
    if (this.#caption && this.#caption.textContent !== text) this.#caption.textContent = text;
  }
}

/** The value at a place, or the newest that is known. */
function at(
  values: readonly (number | null)[],
  index: number | undefined,
): number | null | undefined {
  return index === undefined ? values.findLast((value) => value !== null) : values[index];
}

/** The last line is the lowest; each is drawn on top of those after it. */
function stacked(drawn: readonly Drawn[]): (number | null)[][] {
  let below: (number | null)[] = [];
  const lines = drawn.toReversed().map(({ values }) => {
    below = values.map((value, i) =>
      value === null ? (below[i] ?? null) : value + (below[i] ?? 0),
    );
    return below;
  });
  return lines.reverse();
}
