import { measureOutgoingByDefault } from "../http/outgoing/measure-outgoing.ts";
import { metrics } from "../registry/metrics.ts";
import { collectRuntime } from "../runtime/index.ts";
import { attempt } from "./attempt.ts";
import { readSettings } from "./environment.ts";
import { findRoutes } from "./find-routes.ts";
import { measureServers } from "./measure-servers.ts";
import { say } from "./say.ts";
import { serveMetrics } from "./serve-metrics.ts";

/** Instruments the process, as the environment says. */
export function start(): void {
  const settings = readSettings(process.env, say);
  if (settings.isDisabled) return;
  const { runtime, outgoing, conventions } = settings;
  if (runtime) attempt("no metrics of Node itself", () => collectRuntime(metrics));
  if (outgoing) {
    // The application itself may still ask for others.
    attempt("no metrics of outgoing requests", () => measureOutgoingByDefault({ conventions }));
  }
  measureServers(settings, serveMetrics(settings));
  findRoutes();
}
