import type { HttpMetricsOptions } from "../../src/http/options.ts";
import type { MeasuredServer } from "./measured-server.ts";

/** Starts the subject for one scenario. */
export type Start = (options?: Omit<HttpMetricsOptions, "registry">) => Promise<MeasuredServer>;

/** What is shown of every subject, by its title. */
export type Scenarios = Readonly<Record<string, (start: Start) => Promise<void>>>;
