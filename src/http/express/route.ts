import type { IncomingMessage, Server } from "node:http";
import { type BegunRoute, begunRoute, type ExpressRequest, trackRoutes } from "./begun-route.ts";
import { joinTemplates, templatesOf, UNKNOWN_MOUNT } from "./layer.ts";
import { type ExpressApp, isApp } from "./router.ts";
import { type Place, RouteTable } from "./table.ts";

/**
 * The template of the route of Express 4 or 5 that took the request, with all its mounts:
 * `/api/v1/users/:userId`. To be asked when the response has ended. A request that was refused before
 * has the route that would have taken it. Undefined where there is none; a mount without routes
 * (`app.use("/static", …)`) is one for what it answers itself.
 */
export function expressRoute(message: IncomingMessage): string | undefined {
  const request = message as ExpressRequest;
  if (!isApp(request.app)) return undefined;
  try {
    // Where no middleware of ours came before the routes, it is in time for the next request only.
    trackRoutes(request);
    const template = templateOf(request);
    return template === "" ? "/" : template;
  } catch {
    // No known request leads here, but metrics must never fail one.
    return UNKNOWN_MOUNT;
  }
}

function templateOf(request: ExpressRequest): string | undefined {
  const begun = begunRoute(request);
  const own = begun && !isPassedOn(request, begun) ? routeTemplate(request, begun) : undefined;
  if (own !== undefined && wildcardOf(begun!) === undefined) return own;
  const next = isRefused(request) ? nextRoute(request, begun) : undefined;
  return next ?? own ?? mountTemplate(request, request.app, request.baseUrl);
}

/**
 * Whether the request went on from the route that it entered last. A response from a deeper mount or
 * from another one shows it. One from the same router or from above may be due to an error of the route,
 * which then counts; but a route for every path is rather a middleware, unless it has failed or its
 * parameter shows that it answered.
 */
function isPassedOn(request: ExpressRequest, begun: BegunRoute): boolean {
  const { baseUrl = "", params = {} } = request;
  if (!`${begun.baseUrl}/`.startsWith(`${baseUrl}/`)) return true;
  const wildcard = wildcardOf(begun);
  if (wildcard === undefined || statusOf(request) >= 500) return false;
  return !(baseUrl === begun.baseUrl && wildcard in params);
}

/** The parameter of a route that takes every path: `*`, `/*` or `/{*path}`. */
function wildcardOf({ route }: BegunRoute): string | undefined {
  const name = /^\/?\{?\/?\*(\w*)\}?$/.exec(String(route.path))?.[1];
  return name === "" ? "0" : name;
}

/** Whether the response refuses the request, or the client left before there was one. */
function isRefused(request: ExpressRequest): boolean {
  return statusOf(request) >= 400 || request.res?.headersSent === false;
}

function statusOf({ res }: ExpressRequest): number {
  return res?.statusCode ?? 0;
}

function routeTemplate(request: ExpressRequest, begun: BegunRoute): string {
  const { route, app, baseUrl, url, isNoted } = begun;
  const served = servedApp(request);
  const only = served && tableOf(served).onlyTemplate(route);
  if (only !== undefined) return only;
  const path = pathOf(url);
  const template = lookUp(request, app, baseUrl + path, (table, whole) =>
    table.routeTemplate(route, whole, isNoted ? path : undefined),
  );
  if (template !== undefined) return template;
  // Several places would fit, or its router is hidden in a handler of the user's.
  const isAtRoot = isNoted && baseUrl === "";
  const mount = isAtRoot ? "" : (mountTemplate(request, app, baseUrl) ?? UNKNOWN_MOUNT);
  return joinTemplates(mount, templatesOf(route.path).join(","));
}

function mountTemplate(request: ExpressRequest, app: ExpressApp, baseUrl = "") {
  if (baseUrl === "") return undefined;
  return lookUp(request, app, baseUrl, (table, path) => table.mountTemplate(path));
}

/** The route that would have taken the request where it was refused, or below. */
function nextRoute(request: ExpressRequest, passed?: BegunRoute): string | undefined {
  const { app, method = "", baseUrl = "", url } = request;
  const template = lookUp(request, app, baseUrl + pathOf(url), (table, path) =>
    table.nextRoute(path, method, passed?.route),
  );
  return template !== undefined && isWithin(template, baseUrl) ? template : undefined;
}

/** Whether a template says something of each segment of the mount. */
function isWithin(template: string, mount: string): boolean {
  const segments = template.toLowerCase().split("/");
  return mount
    .toLowerCase()
    .split("/")
    .every((segment, i) => segments[i] === segment || segments[i]?.includes(":"));
}

/** What the tables of the applications say of a path; undefined where they say several things. */
function lookUp(
  request: ExpressRequest,
  app: ExpressApp,
  path: string,
  find: (table: RouteTable, path: string) => string | undefined,
): string | undefined {
  // The application that the server calls comes first: one below a router knows no parent.
  const served = servedApp(request);
  const found = served && find(tableOf(served), path);
  if (found !== undefined || served === app) return found;
  const templates = new Set<string>();
  for (const { template, rest } of placesOf(app, path)) {
    const below = find(tableOf(app), rest);
    if (below !== undefined) templates.add(joinTemplates(template, below));
  }
  return templates.size === 1 ? [...templates][0] : undefined;
}

/**
 * Where an application may get a path: wherever its parents have mounted an application that takes it.
 * Express tells the path of the last mount only, and not which application is behind which mount.
 */
function placesOf({ parent }: ExpressApp, path: string): Place[] {
  if (parent === undefined) return [{ template: "", rest: path }];
  return placesOf(parent, path).flatMap(({ template, rest }) =>
    tableOf(parent)
      .mountedApps(rest)
      .map((place) => ({ ...place, template: joinTemplates(template, place.template) })),
  );
}

/** The path of a URL, which may have a host. */
function pathOf(url: string): string {
  return url.replace(/^[^/]+:\/\/[^/]*/, "").replace(/[?#].*$/s, "");
}

const tables = new WeakMap<ExpressApp, RouteTable>();

function tableOf(app: ExpressApp): RouteTable {
  let table = tables.get(app);
  if (table === undefined) {
    table = new RouteTable(app);
    tables.set(app, table);
  }
  return table;
}

const servedApps = new WeakMap<Server, ExpressApp | undefined>();

function servedApp(request: IncomingMessage): ExpressApp | undefined {
  const server = (request.socket as { server?: Server } | null)?.server;
  if (server === undefined) return undefined;
  if (!servedApps.has(server)) servedApps.set(server, server.listeners("request").find(isApp));
  return servedApps.get(server);
}
