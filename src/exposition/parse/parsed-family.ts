import type { Family, MetricType } from "../../model/family.ts";
import type { MetricFamily } from "../../model/metric-family.ts";
import type { ParsedSample } from "./sample.ts";

/** A metric family and its samples, in the order of the page. */
export interface ParsedFamily extends MetricFamily {
  /** In the order of the page. */
  readonly samples: readonly ParsedSample[];
}

/** The name under which the model knows a family: a page adds `_total` or `_info` to some names. */
export function withoutSuffix(name: string, type: MetricType): Pick<Family, "name" | "bare"> {
  const suffix = type === "counter" ? "_total" : type === "info" ? "_info" : "";
  if (suffix === "") return { name };
  const length = name.length - suffix.length;
  return length > 0 && name.endsWith(suffix)
    ? { name: name.slice(0, length) }
    : { name, bare: true };
}

/** The family; if it is of unknown type but has composite values, with the type of these. */
export function withTypeOfValues(family: ParsedFamily): ParsedFamily {
  const type = family.samples[0]?.composite?.type ?? family.type;
  return type === family.type ? family : { ...family, type };
}
