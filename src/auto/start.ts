import { basename } from "node:path";
import { measureOutgoingByDefault } from "../http/outgoing/measure-outgoing.ts";
import { metrics } from "../registry/metrics.ts";
import { collectRuntime } from "../runtime/index.ts";
import { readSettings } from "./environment.ts";
import { findRoutes } from "./find-routes.ts";
import { measureServers } from "./measure-servers.ts";
import { attempt, say } from "./say.ts";
import { serveMetrics } from "./serve-metrics.ts";

/** Instruments the process, as the environment says. */
export function start(): void {
  const settings = readSettings(process.env, say);
  if (settings.isDisabled) return;
  const { runtime, outgoing, conventions } = settings;
  if (runtime) attempt("no metrics of Node itself", () => collectRuntime(metrics));
  if (outgoing) {
    // As defaults: the application itself may still ask for other settings.
    attempt("no metrics of outgoing requests", () => measureOutgoingByDefault({ conventions }));
  }
  measureServers(settings, serveMetrics(settings));
  findRoutes();
}

const LAUNCHERS = /^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|tsx|nodemon)(-cli)?(\.[cm]?js)?$/;

/**
 * Whether a program only starts the application, in another process. `NODE_OPTIONS` reaches both
 * processes, and the launcher would take the port.
 */
export function isLauncher(program: string | undefined): boolean {
  return program !== undefined && LAUNCHERS.test(basename(program));
}
