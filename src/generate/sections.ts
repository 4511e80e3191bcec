import type { Metric } from "./source.ts";

/** Whether the metric is about the process or about Node. */
export function isRuntime({ name }: Metric): boolean {
  return /^(process|nodejs)_/.test(name);
}

/** Whether the metric is what the library counts of itself. */
export function isOfNarthex({ name }: Metric): boolean {
  return name.startsWith("narthex_");
}
