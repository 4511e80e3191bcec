import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Context, MiddlewareHandler, Next } from "hono";
import { monitoring, NodeHttpMetrics } from "../adapter.ts";
import { checkApplication } from "../application.ts";
import { guard } from "../guard.ts";
import type { HttpMetricsOptions, MonitorOptions } from "../options.ts";
import { FetchRequest } from "../request/fetch-request.ts";
import { type Message, requestOf, requestOrNew } from "../request/find.ts";
import { FetchHttpRequest } from "../request/http-request.ts";
import { honoRoute } from "./route.ts";

export type { Authorize, HttpMetricsOptions, MonitorOptions } from "../options.ts";
export type { HttpRequest } from "../request/http-request.ts";

/** An application of Hono, whatever types its environment and its routes have. */
export interface HonoApp {
  /** Adds a middleware, as Hono does. */
  use(middleware: MiddlewareHandler): unknown;
}

/** What `@hono/node-server` gives as the environment of a request. */
interface NodeBindings {
  readonly incoming?: IncomingMessage;
  /** There is none where the connection is to be upgraded. */
  readonly outgoing?: ServerResponse;
}

/**
 * Measures every request of a Hono application and answers `GET /metrics`. Use it before all other
 * middleware. On servers other than Node's a response ends when the server has taken all of its body;
 * they need Node's modules (`nodejs_compat` on Workers).
 *
 * @example
 * app.use(httpMetrics());
 */
export function httpMetrics<const Label extends string = never>(
  options: HttpMetricsOptions<Label> = {},
): MiddlewareHandler {
  return middlewareOf(new NodeHttpMetrics(options));
}

/**
 * `httpMetrics` with the metrics on a server of their own, which it returns.
 *
 * @example
 * monitor(app, { port: 9464 });
 */
export function monitor<const Label extends string = never>(
  app: HonoApp,
  options: MonitorOptions<Label>,
): Server {
  checkApplication("hono", app);
  const http = monitoring(options);
  app.use(middlewareOf(http));
  return http.server;
}

function middlewareOf(http: NodeHttpMetrics): MiddlewareHandler {
  // No async function: it would be a promise and some turns of the queue more for each request.
  return (c, next) => {
    const { incoming, outgoing } = bindingsOf(c);
    if (incoming === undefined) return handleFetch(http, c, next);
    if (outgoing === undefined) {
      http.measureUpgrade(incoming, honoRoute, c);
      return next();
    }
    http.measure(incoming, outgoing, honoRoute, c);
    return handle(http, incoming, c, next);
  };
}

function bindingsOf({ env }: Context): NodeBindings {
  return env ?? NO_BINDINGS;
}

const NO_BINDINGS: NodeBindings = {};

function handle(http: NodeHttpMetrics, message: Message, c: Context, next: Next) {
  const { endpoint } = http;
  if (!endpoint?.isAt(c.req.path)) return next();
  http.noteScrape(message);
  const view = guard(() => requestOf(message)?.view);
  return endpoint.respond(view ?? new FetchHttpRequest(c.req.raw), bindingsOf(c).outgoing);
}

/** Where no server of Node's is below: the response itself has to tell what becomes of it. */
async function handleFetch(http: NodeHttpMetrics, c: Context, next: Next) {
  const { raw } = c.req;
  let begun: FetchRequest | undefined;
  guard(() => {
    const make = () => {
      begun = new FetchRequest(raw);
      return begun;
    };
    const measured = requestOrNew(raw, make);
    measured.joinInstead(http.recorder);
    measured.routedBy(honoRoute, c);
  });
  // Whoever began it sees to its response.
  if (begun === undefined) return handle(http, raw, c, next);
  try {
    const answer = await handle(http, raw, c, next);
    if (answer instanceof Response) c.res = answer;
  } catch (error) {
    begun.giveUp();
    throw error;
  }
  if (!c.finalized) return begun.giveUp();
  const response = await begun.respond(c.res);
  if (response === c.res) return;
  // Hono copies the headers of a response that is there to the one that takes its place.
  c.res = undefined;
  c.res = response;
}
