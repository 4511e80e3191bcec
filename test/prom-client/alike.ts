import type { Outcome } from "./program.ts";

/** An outcome without what is different on purpose with exact text, too. */
export function alike(outcome: Outcome): unknown {
  if (!("result" in outcome)) return outcome;
  const { result } = outcome;
  if (result === null || typeof result !== "object") return outcome;
  return { result: JSON.parse(JSON.stringify(result), withAllLabels) };
}

/**
 * The same without what is different wherever there is no exact text: NaN, the values of quantiles, and exemplars, which
 * programs have in OpenMetrics only.
 */
export function alikeInText(outcome: Outcome): unknown {
  const text = JSON.stringify(alike(outcome), withoutQuantiles);
  return JSON.parse(text.replaceAll(" Nan", " NaN"));
}

/** 0.16.1 leaves out the labels of a summary without labels. */
function withAllLabels(_key: string, value: unknown): unknown {
  const isSample = value !== null && typeof value === "object" && "metricName" in value;
  return isSample && !("labels" in value) ? { ...value, labels: {} } : value;
}

function withoutQuantiles(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.replace(/(quantile="[^"]*".*) \S+$/gm, "$1 …");
  if (value === null || typeof value !== "object" || !("labels" in value)) return value;
  return Object.hasOwn(Object(value.labels), "quantile") ? { ...value, value: "…" } : value;
}
