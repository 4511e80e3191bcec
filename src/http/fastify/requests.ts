import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";
import { SHARED } from "../../process-wide.ts";
import type { Registry } from "../../registry/registry.ts";
import type { NodeHttpMetrics } from "../adapter.ts";
import { pathOf } from "../request/http-request.ts";
import { servers } from "../server/servers.ts";
import type { Watcher } from "../server/watch.ts";

/** What an application shares, in whichever of its scopes and however often it is measured. */
interface Application {
  /** The newest measuring for each registry. */
  readonly measuring: Map<Registry, Measuring>;
  /** The newest measuring for each page, by its path with all prefixes. */
  readonly pages: Map<string, NodeHttpMetrics>;
}

interface Measuring {
  readonly http: NodeHttpMetrics;
  readonly watcher: Watcher;
}

interface RootInstance extends FastifyInstance {
  [SHARED]?: Application;
}

/** What all scopes of an application share; they inherit it from the outermost one. */
export function applicationOf(app: FastifyInstance): Application {
  const root: RootInstance = rootOf(app);
  root[SHARED] ??= { measuring: new Map(), pages: new Map() };
  return root[SHARED];
}

/** Measures every request of a Fastify application under its route, whichever scope is given. */
export function measureFastify(
  app: FastifyInstance,
  http: NodeHttpMetrics,
  watcher: Watcher = { recorder: http.recorder },
): void {
  // The server has every request, also those that Fastify answers without its hooks.
  servers().watchTwins(app.server, watcher);
  const { measuring, pages } = applicationOf(app);
  const { registry } = http.recorder;
  const isFirst = !measuring.has(registry);
  measuring.set(registry, { http, watcher });
  if (!isFirst) return;
  addFirstHook(rootOf(app), (request, reply, done) => {
    const { http, watcher } = measuring.get(registry) as Measuring;
    // Requests of `app.inject` come by no server.
    if (watcher.answers?.(request.raw, reply.raw)) return;
    http.measure(request.raw, reply.raw, fastifyRoute, request);
    if (!request.is404 || !refuseMethod(pages, request, reply)) done();
  });
}

/** The template of the route of Fastify that took the request, with the prefixes of its plugins. */
export function fastifyRoute(request: FastifyRequest): string | undefined {
  return request.routeOptions.url;
}

/** Answers a request for a page that has a method for which there is no route: it is not allowed. */
function refuseMethod(
  pages: Application["pages"],
  { raw }: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const http = pages.get(pathOf(raw.url ?? "/"));
  if (http === undefined) return false;
  http.noteScrape(raw);
  reply.hijack();
  void http.endpoint?.send(raw, reply.raw);
  return true;
}

/** The outermost scope of an application, from which the others inherit. */
function rootOf(app: FastifyInstance): FastifyInstance {
  const parent = Object.getPrototypeOf(app);
  return "server" in parent ? rootOf(parent) : app;
}

/**
 * Adds a hook that runs before those that are there already: they may answer, and then only a hook
 * before them learns the route. Fastify adds hooks behind them, to lists that it keeps under symbols;
 * where it keeps them elsewhere, ours stays behind them.
 */
function addFirstHook(root: FastifyInstance, hook: onRequestHookHandler): void {
  root.addHook("onRequest", hook);
  // Fastify adds a hook once everything before has loaded.
  root.after(() => moveToFront(root, hook));
}

function moveToFront(scope: object, hook: unknown): void {
  const hooks = (bySymbol(scope, "fastify.hooks") as { onRequest?: unknown[] } | undefined)
    ?.onRequest;
  const at = hooks?.indexOf(hook) ?? -1;
  if (at > 0) hooks?.unshift(...hooks.splice(at, 1));
  const children = bySymbol(scope, "fastify.children");
  if (Array.isArray(children)) for (const child of children) moveToFront(child, hook);
}

function bySymbol(scope: object, description: string): unknown {
  const symbol = Object.getOwnPropertySymbols(scope).find((one) => one.description === description);
  return symbol === undefined ? undefined : (scope as { [key: symbol]: unknown })[symbol];
}
