import type { Registry } from "../registry/registry.ts";
import type { ScraperOptions } from "../scrape/scraper.ts";

/** The options of `httpMetrics`, the same for every framework. */
export interface HttpMetricsOptions extends ScraperOptions {
  /** Where the metrics go, and what is served; the process-wide registry by default. */
  readonly registry?: Registry;
  /** The path that serves the metrics, `/metrics` by default; `false` serves none. */
  readonly path?: string | false;
}
