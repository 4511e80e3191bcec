import type { Server } from "node:http";
import type { FastifyInstance, FastifyPluginAsync, RouteHandlerMethod } from "fastify";
import { wrongArgument } from "../../errors.ts";
import { isObject } from "../../options.ts";
import { monitoring, NodeHttpMetrics } from "../adapter.ts";
import { checkApplication } from "../application.ts";
import type { HttpMetricsOptions, MonitorOptions } from "../options.ts";
import { NodeHttpRequest } from "../request/http-request.ts";
import { applicationOf, measureFastify } from "./requests.ts";

export type { Authorize, HttpMetricsOptions, MonitorOptions } from "../options.ts";
export type { HttpRequest } from "../request/http-request.ts";

/**
 * Measures every request of a Fastify application and answers `GET /metrics`. Register it before
 * the routes.
 *
 * @example
 * await app.register(httpMetrics);
 */
export const httpMetrics: FastifyPluginAsync<HttpMetricsOptions> = async (app, options) => {
  checkRegistered(app);
  const http = new NodeHttpMetrics(withoutFastifyOptions(options));
  measureFastify(app, http);
  serve(app, http);
  app.addHook("onClose", async () => http.stop());
};

/** Fails where JavaScript calls the plugin itself, as one calls `httpMetrics` of other frameworks. */
function checkRegistered(app: unknown): void {
  if (isObject(app) && "addHook" in app) return;
  throw wrongArgument(
    "httpMetrics() of narthex/fastify",
    "no application",
    "register it without calling it, as in await app.register(httpMetrics, { … })",
  );
}

/** Options that Fastify reads itself, and passes on to the plugin that it registers. */
const FASTIFY_OPTIONS: ReadonlySet<string> = new Set([
  "prefix",
  "logLevel",
  "logSerializers",
  "encapsulate",
]);

function withoutFastifyOptions(options: HttpMetricsOptions): HttpMetricsOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !FASTIFY_OPTIONS.has(name)));
}

// The page belongs to the scope where the plugin is registered, with its prefix and its hooks.
Object.assign(httpMetrics, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "narthex",
});

/**
 * `httpMetrics` with the metrics on a server of their own, which it returns; it stops with the
 * application.
 *
 * @example
 * monitor(app, { port: 9464 });
 */
export function monitor<const Label extends string = never>(
  app: FastifyInstance,
  options: MonitorOptions<Label>,
): Server {
  checkApplication("fastify", app);
  const http = monitoring(options);
  measureFastify(app, http);
  app.addHook("onClose", async () => http.stop());
  return http.server;
}

function serve(app: FastifyInstance, http: NodeHttpMetrics): void {
  if (http.endpoint === undefined) return;
  const { path } = http.endpoint;
  const url = app.prefix + path;
  const { pages } = applicationOf(app);
  const isOurs = pages.has(url);
  // A route of the application's own comes first.
  if (!isOurs && app.hasRoute({ method: "GET", url })) return;
  pages.set(url, http);
  if (isOurs) return;
  // The schema is for API documents: Fastify itself knows nothing of operation ids.
  const schema = { operationId: "metrics", summary: "All metrics, for Prometheus." } as object;
  // The route for HEAD that Fastify adds itself would send the length of the empty body.
  const options = { schema, logLevel: "warn", exposeHeadRoute: false } as const;
  const answer: RouteHandlerMethod = async ({ raw }, reply) => {
    const newest = pages.get(url) ?? http;
    newest.noteScrape(raw);
    const response = await newest.endpoint?.answer(new NodeHttpRequest(raw), reply.raw);
    if (response === undefined || reply.sent) return reply;
    return reply.code(response.status).headers(response.headers).send(response.body);
  };
  app.get(path, options, answer);
  if (!app.hasRoute({ method: "HEAD", url })) app.head(path, options, answer);
}
