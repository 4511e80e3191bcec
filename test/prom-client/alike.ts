import type { Outcome } from "./program.ts";

/**
 * An outcome without what is different on purpose wherever it is: the values of quantiles, which are
 * estimates; the values of a counter's exemplars; and the broken exemplars that prom-client keeps where their
 * labels were refused.
 */
export function alike(outcome: Outcome): unknown {
  if (!("result" in outcome)) return outcome;
  const { result } = outcome;
  if (typeof result === "string") {
    const text = result
      .replace(/(quantile="[^"]*".*) \S+$/gm, "$1 …")
      .replaceAll(/ # {} \+Inf undefined$/gm, "")
      .replaceAll(/(exemplars_total.* # {.*}) \S+ /g, "$1 … ");
    return { result: text };
  }
  if (result !== null && typeof result === "object") {
    return { result: JSON.parse(JSON.stringify(result), withoutDifferences) };
  }
  return outcome;
}

function withoutDifferences(key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object") return key === "exemplar" ? undefined : value;
  if (key === "exemplar" && "value" in value && value.value === null) return undefined;
  // 0.16.1 leaves out the labels of a summary without labels.
  if ("metricName" in value && !("labels" in value)) return { ...value, labels: {} };
  if (!("labels" in value)) return value;
  const { labels } = value;
  if ("exemplar" in value && value.exemplar && !("le" in Object(labels))) {
    return { ...value, exemplar: { ...(value.exemplar as object), value: "…" } };
  }
  const isQuantile = labels !== null && typeof labels === "object" && "quantile" in labels;
  return isQuantile ? { ...value, value: "…" } : value;
}
