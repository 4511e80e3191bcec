import type { HttpMetricsOptions } from "../../src/http/options.ts";
import type { MeasuredServer } from "./measured-server.ts";

/** Starts the subject for one scenario, with one call of `httpMetrics` for each of these options. */
export type Start = (
  ...calls: readonly Omit<HttpMetricsOptions, "registry">[]
) => Promise<MeasuredServer>;

/** What is shown of every subject, by its title. */
export type Scenarios = Readonly<Record<string, (start: Start) => Promise<void>>>;
