import {
  anyTemplate,
  type ExpressLayer,
  type ExpressRoute,
  joinTemplates,
  onlyTemplate,
  take,
} from "./express-layer.ts";
import {
  type ExpressApp,
  type ExpressRouter,
  mountedRouter,
  routerOf,
} from "./express-mounted-router.ts";

type Stack = ExpressRouter["stack"];

/** Where a route or a router stands: a layer in the stack of another router. */
interface Place {
  readonly layer: ExpressLayer;
  readonly stack: Stack;
}

/** The part of a request that says where in the tree it ended. */
export interface RoutedRequest {
  readonly url: string;
  readonly baseUrl: string;
}

/** The routers of an application. */
export class ExpressRouterTree {
  readonly #app: ExpressApp;
  #root: Stack = [];
  #routers: ExpressRouter[] = [];
  #size = -1;
  readonly #places = new Map<ExpressRoute | Stack, Place[]>();
  readonly #mounted = new Map<ExpressLayer, Stack>();
  readonly #templates = new Map<ExpressRoute, string>();
  #strangers = new WeakSet<ExpressRoute>();

  constructor(app: ExpressApp) {
    this.#app = app;
  }

  /** The template of a route; undefined if it is not in this tree. */
  routeTemplate(route: ExpressRoute, request: RoutedRequest): string | undefined {
    this.#refresh();
    return this.#templates.get(route) ?? this.#findTemplate(route, request);
  }

  /**
   * The template of the mount that takes all of `path`; undefined if several do, or if it leads to
   * a router: what is answered there without a route may as well be answered by nothing.
   */
  mountTemplate(path: string): string | undefined {
    this.#refresh();
    const templates = new Set(this.#mountTemplates(this.#root, path, [this.#root]));
    return templates.size === 1 ? [...templates][0] : undefined;
  }

  #findTemplate(route: ExpressRoute, request: RoutedRequest): string | undefined {
    if (!this.#has(route)) return undefined;
    const { layers, isOnly } = this.#layersTo(route);
    const templates = layers.map(onlyTemplate);
    if (isOnly && templates.every((template) => template !== undefined)) {
      const template = templates.reduce(joinTemplates, "");
      this.#templates.set(route, template);
      return template;
    }
    return (
      this.#follow(route, pathOf(request), this.#root, [this.#root]) ??
      layers.map(anyTemplate).reduce(joinTemplates, "")
    );
  }

  /** The layers from the root to the route, and whether there are no others. */
  #layersTo(route: ExpressRoute): { layers: ExpressLayer[]; isOnly: boolean } {
    const layers: ExpressLayer[] = [];
    let isOnly = true;
    let target: ExpressRoute | Stack = route;
    while (target !== this.#root) {
      const places: Place[] = this.#places.get(target)!;
      // The first place is the one by which the target was found: it leads to the root.
      layers.unshift(places[0]!.layer);
      isOnly &&= places.length === 1;
      target = places[0]!.stack;
    }
    return { layers, isOnly };
  }

  /** A router below itself is not followed: it would have as many templates as clients like. */
  #follow(route: ExpressRoute, path: string, stack: Stack, above: Stack[]): string | undefined {
    for (const layer of stack) {
      const mounted = this.#mounted.get(layer);
      const isMount = mounted !== undefined && !above.includes(mounted);
      const taken = isMount || layer.route === route ? take(layer, path) : undefined;
      if (taken === undefined) continue;
      if (!isMount) return taken.template;
      const below = this.#follow(route, taken.rest, mounted, [...above, mounted]);
      if (below !== undefined) return joinTemplates(taken.template, below);
    }
    return undefined;
  }

  *#mountTemplates(stack: Stack, path: string, above: Stack[]): Generator<string | undefined> {
    for (const layer of stack) {
      const taken = layer.route ? undefined : take(layer, path);
      if (taken === undefined) continue;
      const mounted = this.#mounted.get(layer);
      if (taken.isAll) yield mounted === undefined ? taken.template : undefined;
      else if (mounted !== undefined && !above.includes(mounted)) {
        for (const below of this.#mountTemplates(mounted, taken.rest, [...above, mounted])) {
          yield below && joinTemplates(taken.template, below);
        }
      }
    }
  }

  #has(route: ExpressRoute): boolean {
    if (!this.#places.has(route) && !this.#strangers.has(route)) {
      // A layer may have taken the place of another.
      this.#read();
      if (!this.#places.has(route)) this.#strangers.add(route);
    }
    return this.#places.has(route);
  }

  #refresh(): void {
    let size = 0;
    for (const router of this.#routers) size += router.stack.length;
    if (size === this.#size) return;
    this.#strangers = new WeakSet();
    this.#read();
  }

  #read(): void {
    this.#places.clear();
    this.#mounted.clear();
    this.#templates.clear();
    this.#routers = [];
    this.#size = 0;
    const router = routerOf(this.#app);
    if (router === undefined) return;
    this.#root = router.stack;
    this.#places.set(this.#root, []);
    this.#readRouter(router);
  }

  #readRouter(router: ExpressRouter): void {
    const { stack } = router;
    this.#routers.push(router);
    this.#size += stack.length;
    for (const layer of stack) {
      const mounted = layer.route ? undefined : mountedRouter(layer, router);
      const target = layer.route ?? mounted?.stack;
      if (mounted !== undefined) this.#mounted.set(layer, mounted.stack);
      if (target === undefined) continue;
      const places = this.#places.get(target);
      if (places !== undefined) places.push({ layer, stack });
      else {
        this.#places.set(target, [{ layer, stack }]);
        if (mounted !== undefined) this.#readRouter(mounted);
      }
    }
  }
}

/** Middlewares may have rewritten the URL: this is what the routers have matched. */
function pathOf({ baseUrl, url }: RoutedRequest): string {
  const path = url.replace(/^[^/]+:\/\/[^/]*/, "").replace(/[?#].*$/s, "");
  return baseUrl + path;
}
