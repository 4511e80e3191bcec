import { regionInvalid } from "../../errors.ts";
import type { Layout } from "./layout.ts";

/** A layout with all series that a log has of it. Both lists only grow. */
export interface SeriesLog {
  readonly layout: Layout;
  /** When each series began, in seconds since the epoch; NaN where that is not known. */
  readonly createds: number[];
  readonly values: (readonly string[])[];
}

/** The layouts of a log in their order, and what it has of the series of each. */
export class SeriesLogs {
  readonly #series: SeriesLog[] = [];

  /** The series of a layout; throws if there is no such layout. */
  of(layout: unknown): SeriesLog {
    const series = this.#series[layout as number];
    check(series !== undefined);
    return series;
  }

  get length(): number {
    return this.#series.length;
  }

  /** Adds what an entry has: a layout, or a series of one. */
  append(entry: unknown): void {
    if (!Array.isArray(entry)) {
      this.#series.push({ layout: checkedLayout(entry), createds: [], values: [] });
      return;
    }
    const [layout, created, ...values] = entry;
    const series = this.of(layout);
    check(values.length === series.layout.labelNames.length);
    check(values.every((value) => typeof value === "string"));
    series.createds.push(typeof created === "number" ? created : Number.NaN);
    series.values.push(values);
  }
}

const TYPES = new Set([
  ...["counter", "gauge", "histogram", "gaugehistogram"],
  ...["summary", "info", "stateset", "unknown"],
]);

function checkedLayout(entry: unknown): Layout {
  const layout = entry as Layout | null;
  check(typeof layout?.family === "object" && layout.family !== null);
  const { family, labelNames, shape, process } = layout;
  check(typeof family.name === "string" && typeof family.help === "string");
  check(TYPES.has(family.type) && Array.isArray(labelNames) && Array.isArray(shape));
  check(labelNames.every((name) => typeof name === "string"));
  check(process === undefined || typeof process === "string");
  const type = family.type === "stateset" ? "string" : "number";
  check(shape.every((part) => typeof part === type));
  return layout;
}

/** Throws unless something that was read fits the rest. */
export function check(isRight: boolean): asserts isRight {
  if (!isRight) throw regionInvalid("its parts don't fit each other");
}
