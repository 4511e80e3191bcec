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
  /** Undefined again once all routers have passed the request on. */
  readonly baseUrl: string | undefined;
}

/** The routers of an application. */
export class ExpressRouterTree {
  readonly #app: ExpressApp;
  #root: Stack = [];
  #stacks: Stack[] = [];
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
    const ways = this.#waysTo(route, []);
    const only = ways.length === 1 ? ways[0]!.map(onlyTemplate) : [undefined];
    if (only.every((template) => template !== undefined)) {
      const template = only.reduce(joinTemplates, "");
      this.#templates.set(route, template);
      return template;
    }
    const path = pathOf(request);
    for (const way of ways) {
      const template = followedTemplate(way, path);
      if (template !== undefined) return template;
    }
    return ways[0]!.map(anyTemplate).reduce(joinTemplates, "");
  }

  /**
   * The layers from the root to a route or router: for each of its places, those that lead there.
   * No way leads through a router twice: there would be as many as clients like.
   */
  #waysTo(target: ExpressRoute | Stack, passed: Stack[]): ExpressLayer[][] {
    if (target === this.#root) return [[]];
    return this.#places.get(target)!.flatMap(({ layer, stack }) => {
      if (passed.includes(stack)) return [];
      return this.#waysTo(stack, [...passed, stack]).map((way) => [...way, layer]);
    });
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
    for (const stack of this.#stacks) size += stack.length;
    if (size === this.#size) return;
    this.#strangers = new WeakSet();
    this.#read();
  }

  #read(): void {
    this.#places.clear();
    this.#mounted.clear();
    this.#templates.clear();
    this.#stacks = [];
    this.#size = 0;
    const router = routerOf(this.#app);
    if (router === undefined) return;
    this.#root = router.stack;
    this.#places.set(this.#root, []);
    this.#readRouter(router);
  }

  #readRouter(router: ExpressRouter): void {
    const { stack } = router;
    this.#stacks.push(stack);
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

function followedTemplate(way: readonly ExpressLayer[], path: string): string | undefined {
  let template = "";
  let rest = path;
  for (const layer of way) {
    const taken = take(layer, rest);
    if (taken === undefined) return undefined;
    template = joinTemplates(template, taken.template);
    rest = taken.rest;
  }
  return template;
}

/** Middlewares may have rewritten the URL: this is what the routers have matched. */
function pathOf({ baseUrl = "", url }: RoutedRequest): string {
  const path = url.replace(/^[^/]+:\/\/[^/]*/, "").replace(/[?#].*$/s, "");
  return baseUrl + path;
}
