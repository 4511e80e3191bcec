import type { MetricType } from "../../model/family.ts";

/** The label that tells the samples of one series apart: a bucket's `le`, say. */
export function ownLabel(
  family: { readonly name: string; readonly type: MetricType },
  sample: string,
): string | undefined {
  const { name, type } = family;
  if (type === "stateset") return name;
  if (type === "summary" && sample === name) return "quantile";
  const isHistogram = type === "histogram" || type === "gaugehistogram";
  return isHistogram && sample === `${name}_bucket` ? "le" : undefined;
}
