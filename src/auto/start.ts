import { measureOutgoing } from "../http/outgoing/measure-outgoing.ts";
import { findRoutesBy } from "../http/server-watch.ts";
import { metrics } from "../registry/metrics.ts";
import { collectRuntime } from "../runtime/collect-runtime.ts";
import { readSettings } from "./environment.ts";
import { extendModules } from "./extend-modules.ts";
import { HOOKS } from "./extended-module.ts";
import { measureServers } from "./measure-servers.ts";
import { routeOfMessage } from "./route-of-message.ts";
import { say } from "./say.ts";
import { serveMetrics } from "./serve-metrics.ts";
import { watchFastify } from "./watch-fastify.ts";
import { watchedContext } from "./watch-hono.ts";
import { watchKoa } from "./watch-koa.ts";

/** Instruments the process, as the environment says. */
export function start(): void {
  const settings = readSettings(process.env, say);
  if (settings.isDisabled) return;
  const { conventions } = settings;
  if (settings.runtime) collectRuntime(metrics);
  if (settings.outgoing) measureOutgoing({ conventions });
  measureServers(settings, serveMetrics(settings));
  findRoutesBy(routeOfMessage);
  watchFastify();
  Object.assign(globalThis, { [HOOKS]: { koa: watchKoa, hono: watchedContext } });
  extendModules();
}
