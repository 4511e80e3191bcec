import { show } from "../errors.ts";
import { exposedName, type Family } from "../model/family.ts";
import type { Chunks } from "../series/chunks.ts";
import type { SeriesTable } from "../series/series-table.ts";

/** What `util.inspect` looks for. It is no method of users, so that declarations don't have it. */
const CUSTOM = Symbol.for("nodejs.util.inspect.custom");

/**
 * Makes `console.log` show the objects of a class as one line instead of all that is inside.
 *
 * @param line must call no functions of users
 */
export function inspectedAs<T extends object>(
  name: string,
  prototype: T,
  line: (object: T) => string,
): void {
  Object.defineProperty(prototype, CUSTOM, {
    value(this: T): string {
      try {
        return line(this).replaceAll("\n", " ").trimEnd();
      } catch {
        return name; // What inherits from such an object has none of its private fields.
      }
    },
  });
}

/** What the lines have of an instrument. */
export interface Inspected {
  readonly definition: { readonly labelNames: readonly string[] };
  readonly family: Family;
  readonly table: SeriesTable;
  readonly rows: Chunks;
}

/** Such as `Counter orders_total{plan} 3 series`. */
export function familyLine({ definition, family, table }: Inspected): string {
  return `${typeOf(family)} ${exposedName(family)}{${definition.labelNames.join(", ")}} ${table.size} series`;
}

/** Such as `CounterSeries orders_total{plan="free"} 2`; without labels, `Counter orders_total 2`. */
export function seriesLine(instrument: Inspected, slot: number): string {
  const { definition, family, table } = instrument;
  const type = typeOf(family);
  if (definition.labelNames.length === 0) {
    return `${type} ${exposedName(family)} ${numbers(instrument, slot)}`;
  }
  if (slot < 0) return `${type}Series ${exposedName(family)}, not on the page`;
  const values = table.values(slot);
  const labels = definition.labelNames.map((name, i) => `${name}=${show(values[i])}`);
  return `${type}Series ${exposedName(family)}{${labels.join(", ")}} ${numbers(instrument, slot)}`;
}

function typeOf({ type }: Family): string {
  return type === "stateset" ? "StateSet" : type[0]!.toUpperCase() + type.slice(1);
}

/** The value of a series, or how many it has observed: a row ends in the two numbers of their sum. */
function numbers({ family, rows }: Inspected, slot: number): string {
  const { type } = family;
  if (type === "info" || type === "stateset") return "";
  const at = rows.at(slot);
  const row = rows.chunk(slot).subarray(at, at + rows.stride);
  if (type === "counter" || type === "gauge") return String(row[0]);
  const count = row.subarray(0, -2).reduce((sum, part) => sum + part, 0);
  return `${count} observation${count === 1 ? "" : "s"}`;
}
