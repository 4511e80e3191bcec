import type { IncomingMessage, Server } from "node:http";
import {
  type ExpressPath,
  type ExpressRoute,
  joinTemplates,
  mountTemplatesOf,
  templatesOf,
  UNKNOWN_MOUNT,
} from "./layer.ts";
import { type ExpressApp, isApp } from "./mounted-router.ts";
import { ExpressRouterTree } from "./router-tree.ts";

interface MountableApp extends ExpressApp {
  readonly parent?: MountableApp;
  readonly mountpath?: ExpressPath;
}

/** A message that an application of Express has seen. */
interface ExpressRequest extends IncomingMessage {
  readonly url: string;
  readonly app?: MountableApp;
  /** Undefined again once all routers have passed the request on. */
  readonly baseUrl?: string;
  readonly route?: ExpressRoute;
}

/**
 * The template of the route of Express 4 or 5 that took the request, with all its mounts:
 * `/api/v1/users/:userId`. To be asked when the response has ended. Undefined if no route took it;
 * a mount without routes (`app.use("/static", …)`) is one for what it answers itself.
 */
export function expressRoute(request: IncomingMessage): string | undefined {
  const message = request as ExpressRequest;
  const { app, route } = message;
  if (!isApp(app)) return undefined;
  try {
    const template =
      route === undefined ? mountTemplate(message, app) : routeTemplate(message, app, route);
    return template === "" ? "/" : template;
  } catch {
    // Nothing that is known of Express leads here, but metrics must never fail a request.
    return UNKNOWN_MOUNT;
  }
}

function routeTemplate(request: ExpressRequest, app: MountableApp, route: ExpressRoute): string {
  for (const root of rootsOf(request, app)) {
    const template = treeOf(root).routeTemplate(route, () => pathOf(request));
    if (template !== undefined) return template;
  }
  const template = treeOf(app).routeTemplate(route, () => pathOf(request));
  if (template !== undefined) return joinTemplates(mountedAt(app), template);
  // Its router is hidden in a handler of the user's.
  const mount = request.baseUrl ? (mountTemplate(request, app) ?? UNKNOWN_MOUNT) : "";
  return joinTemplates(mount, templatesOf(route.path).join(","));
}

function mountTemplate(request: ExpressRequest, app: MountableApp): string | undefined {
  const { baseUrl } = request;
  if (!baseUrl) return undefined;
  for (const root of rootsOf(request, app)) {
    const template = treeOf(root).mountTemplate(baseUrl);
    if (template !== undefined) return template;
  }
  return undefined;
}

/** Middlewares may have rewritten the URL: this is what the routers have matched. */
function pathOf({ baseUrl = "", url }: ExpressRequest): string {
  const path = url.replace(/^[^/]+:\/\/[^/]*/, "").replace(/[?#].*$/s, "");
  return baseUrl + path;
}

const trees = new WeakMap<ExpressApp, ExpressRouterTree>();

function treeOf(app: ExpressApp): ExpressRouterTree {
  let tree = trees.get(app);
  if (tree === undefined) {
    tree = new ExpressRouterTree(app);
    trees.set(app, tree);
  }
  return tree;
}

/** The application that the server calls comes first: one below a router knows no parent. */
function rootsOf(request: IncomingMessage, app: MountableApp): ExpressApp[] {
  const served = servedApp(request);
  const top = topmost(app);
  return served === undefined || served === top ? [top] : [served, top];
}

const servedApps = new WeakMap<Server, ExpressApp | undefined>();

function servedApp(request: IncomingMessage): ExpressApp | undefined {
  const server = (request.socket as { server?: Server } | null)?.server;
  if (server === undefined) return undefined;
  if (!servedApps.has(server)) servedApps.set(server, server.listeners("request").find(isApp));
  return servedApps.get(server);
}

function topmost(app: MountableApp): MountableApp {
  return app.parent === undefined ? app : topmost(app.parent);
}

function mountedAt({ parent, mountpath = "" }: MountableApp): string {
  if (parent === undefined) return "";
  return joinTemplates(mountedAt(parent), mountTemplatesOf(mountpath).join(","));
}
