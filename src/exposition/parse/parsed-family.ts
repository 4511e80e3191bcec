import type { Exemplar } from "../../model/exemplar.ts";
import type { Family, MetricType } from "../../model/family.ts";
import type { CompositeValue } from "./composite-value.ts";
import type { ParsedLabels } from "./parsed-labels.ts";

/** One line of a page that has a value. */
export interface ParsedSample {
  /** As it stands on the page, with suffixes such as `_total` or `_bucket`. */
  readonly name: string;
  readonly labels: ParsedLabels;
  /** The count, where the line has a composite value. */
  readonly value: number;
  readonly composite: CompositeValue | undefined;
  /** When the value was taken, in seconds since the epoch; NaN where the page does not say. */
  readonly timestamp: number;
  /** When counting began, where the line itself says so; NaN elsewhere. */
  readonly created: number;
  readonly exemplars: readonly Exemplar[];
  /** The number of the line, from 1. */
  readonly line: number;
}

export const NO_EXEMPLARS: readonly Exemplar[] = Object.freeze([]);

/** A metric family and its samples, in the order of the page. */
export interface ParsedFamily extends Family {
  readonly samples: readonly ParsedSample[];
}

/** A family's name in the model, where it stands on the page with what exposition adds to it. */
export function withoutSuffix(name: string, type: MetricType): Pick<Family, "name" | "bare"> {
  const suffix = type === "counter" ? "_total" : type === "info" ? "_info" : "";
  if (suffix === "") return { name };
  const length = name.length - suffix.length;
  return length > 0 && name.endsWith(suffix)
    ? { name: name.slice(0, length) }
    : { name, bare: true };
}
