import type { Outcome } from "./program.ts";

/**
 * An outcome without what is different on purpose wherever it is: the values of quantiles, which are
 * estimates, and the broken exemplars that prom-client keeps where their labels were refused.
 */
export function alike(outcome: Outcome): unknown {
  if (!("result" in outcome)) return outcome;
  const { result } = outcome;
  if (typeof result === "string") {
    const text = result
      .replace(/(quantile="[^"]*".*) \S+$/gm, "$1 …")
      .replaceAll(/ # {} \+Inf undefined$/gm, "");
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
  if (!("labels" in value)) return value;
  const { labels } = value;
  const isQuantile = labels !== null && typeof labels === "object" && "quantile" in labels;
  return isQuantile ? { ...value, value: "…" } : value;
}
