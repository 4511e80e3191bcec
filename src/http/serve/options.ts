import { type Advice, knownOptions, type OptionNames } from "../../options.ts";
import type { HttpMetricsOptions } from "../options.ts";

/** What is served, and to whom. */
interface PageOptions
  extends Pick<
    HttpMetricsOptions,
    "registry" | "authorize" | "maxConcurrent" | "createdSamples" | "live"
  > {
  /** The path that serves the metrics, `/metrics` by default. */
  readonly path?: string | undefined;
}

/** The options of `serveMetrics`. */
export interface ServeMetricsOptions extends PageOptions {
  /**
   * The port, from 0 to 65535; 0 for any that is free. Exporters usually begin at 9464. Of a group of
   * processes, one serves the metrics there, and when it ends, another.
   */
  readonly port: number;
  /**
   * The address to listen on, `127.0.0.1` by default, which only this machine can reach. In a container
   * it has to be `0.0.0.0` (or `::`), because Prometheus comes from outside of it.
   */
  readonly host?: string | undefined;
  /** Stops the server, with all of its connections, once it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** The options of `metricsHandler`. */
export interface MetricsHandlerOptions extends PageOptions {
  /**
   * The path that serves the metrics, `/metrics` by default, as it stands in the URL of the request.
   * `"*"` serves them on every path: for a handler behind a router that has chosen the path already.
   */
  readonly path?: string | undefined;
}

const PAGE_NAMES: OptionNames<PageOptions> = {
  registry: true,
  authorize: true,
  maxConcurrent: true,
  createdSamples: true,
  live: true,
  path: true,
};

const ADVICE: Advice = { endpoint: "use path", register: "use registry" };

/** The options of `serveMetrics` as a user gave them. Throws where one is not known. */
export function serveOptions(options: ServeMetricsOptions): ServeMetricsOptions {
  const names = { ...PAGE_NAMES, port: true, host: true, signal: true } as const;
  return knownOptions("serveMetrics", options, names, ADVICE);
}

/** The options of `metricsHandler` as a user gave them. Throws where one is not known. */
export function handlerOptions(options: MetricsHandlerOptions): MetricsHandlerOptions {
  return knownOptions("metricsHandler", options, PAGE_NAMES, ADVICE);
}
