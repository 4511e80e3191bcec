import type { IncomingMessage, Server } from "node:http";
import {
  type ExpressPath,
  type ExpressRoute,
  joinTemplates,
  mountTemplatesOf,
  templatesOf,
  UNKNOWN_MOUNT,
} from "./express-layer.ts";
import { type ExpressApp, isApp } from "./express-mounted-router.ts";
import { ExpressRouterTree, type RoutedRequest } from "./express-router-tree.ts";

interface MountableApp extends ExpressApp {
  readonly parent?: MountableApp;
  readonly mountpath?: ExpressPath;
}

/** A message that an application of Express has seen. */
interface ExpressRequest extends IncomingMessage, RoutedRequest {
  readonly url: string;
  readonly app: MountableApp;
  readonly route?: ExpressRoute;
}

/**
 * The template of the route of Express 4 or 5 that took the request, with all its mounts:
 * `/api/v1/users/:userId`. To be asked when the response has ended. Undefined if no route took it;
 * a mount without routes (`app.use("/static", …)`) counts as one for what it answers.
 */
export function expressRoute(request: IncomingMessage): string | undefined {
  const message = request as ExpressRequest;
  try {
    const template =
      message.route === undefined ? mountTemplate(message) : routeTemplate(message, message.route);
    return template === "" ? "/" : template;
  } catch {
    // No version of Express that is known comes here, and metrics must not fail a request.
    return UNKNOWN_MOUNT;
  }
}

function routeTemplate(request: ExpressRequest, route: ExpressRoute): string {
  const { app } = request;
  for (const root of [servedApp(request), topmost(app)]) {
    const template = root && treeOf(root).routeTemplate(route, request);
    if (template !== undefined) return template;
  }
  const template = treeOf(app).routeTemplate(route, request);
  if (template !== undefined) return joinTemplates(mountedAt(app), template);
  // Its router is hidden in a handler of the user's.
  const mount = request.baseUrl ? (mountTemplate(request) ?? UNKNOWN_MOUNT) : "";
  return joinTemplates(mount, templatesOf(route.path).join(","));
}

function mountTemplate(request: ExpressRequest): string | undefined {
  if (!request.baseUrl) return undefined;
  for (const root of [servedApp(request), topmost(request.app)]) {
    const template = root && treeOf(root).mountTemplate(request.baseUrl);
    if (template !== undefined) return template;
  }
  return undefined;
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

const servedApps = new WeakMap<Server, ExpressApp | undefined>();

/**
 * The application that the server calls: one that is below a router, not below an application,
 * does not know its parent.
 */
function servedApp(request: IncomingMessage): ExpressApp | undefined {
  const { server } = request.socket as { server?: Server };
  if (server === undefined) return undefined;
  if (!servedApps.has(server))
    servedApps.set(
      server,
      server
        .listeners("request")
        .find((listener): listener is typeof listener & ExpressApp => isApp(listener)),
    );
  return servedApps.get(server);
}

function topmost(app: MountableApp): MountableApp {
  return app.parent === undefined ? app : topmost(app.parent);
}

function mountedAt({ parent, mountpath = "" }: MountableApp): string {
  if (parent === undefined) return "";
  return joinTemplates(mountedAt(parent), mountTemplatesOf(mountpath).join(","));
}
