import type { Exemplar } from "../../../index.ts";
import type { GivenLabels } from "../metrics/given-labels.ts";

/** What `get()` gives. */
export interface MetricJson {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  values: SampleJson[];
  readonly aggregator: string;
}

/** One sample in JSON. */
export interface SampleJson {
  value: number;
  labels: Record<string, unknown>;
  metricName?: string;
  exemplar?: unknown;
  sharedLabels?: Record<string, unknown>;
}

/** An exemplar in JSON; with the exact text of prom-client, one whose labels were refused lacks its value and time. */
export interface ExemplarJson {
  readonly labelSet: GivenLabels;
  readonly value: number | null;
  readonly timestamp?: number;
}

export function exemplarJson({ labels, value, timestamp }: Exemplar): ExemplarJson {
  return { labelSet: { ...labels }, value, timestamp };
}
