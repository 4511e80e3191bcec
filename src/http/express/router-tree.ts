import {
  anyTemplate,
  type ExpressLayer,
  type ExpressRoute,
  joinTemplates,
  onlyTemplate,
  take,
} from "./layer.ts";
import { type ExpressApp, type ExpressRouter, mountedRouter, routerOf } from "./mounted-router.ts";

type Stack = ExpressRouter["stack"];

/** Where a route or a router stands: a layer in the stack of another router. */
interface Place {
  readonly layer: ExpressLayer;
  readonly stack: Stack;
}

/** The layers that lead from the root to a route. */
type Way = readonly ExpressLayer[];

/** The routers of an application. */
export class ExpressRouterTree {
  readonly #app: ExpressApp;
  #root: Stack = [];
  #stacks: Stack[] = [];
  #size = -1;
  readonly #places = new Map<ExpressRoute | Stack, Place[]>();
  readonly #mounted = new Map<ExpressLayer, Stack>();
  readonly #ways = new Map<ExpressRoute, Way[]>();
  readonly #templates = new Map<ExpressRoute, string>();
  readonly #plainMounts = new Set<string>();
  #strangers = new WeakSet<ExpressRoute>();

  constructor(app: ExpressApp) {
    this.#app = app;
  }

  /** The template of a route; undefined if it is not in this tree. */
  routeTemplate(route: ExpressRoute, pathOf: () => string): string | undefined {
    this.#refresh();
    const known = this.#templates.get(route);
    if (known !== undefined) return known;
    if (!this.#has(route)) return undefined;
    const ways = this.#waysOf(route);
    const template = ways.length === 1 ? onlyTemplateOf(ways[0]!) : undefined;
    if (template === undefined) return followedTemplate(ways, pathOf());
    this.#templates.set(route, template);
    return template;
  }

  /**
   * The template of the mount that takes all of `path`; undefined if several do, or if it leads to
   * a router: what is answered there without a route may as well be answered by nothing.
   */
  mountTemplate(path: string): string | undefined {
    this.#refresh();
    if (this.#plainMounts.has(path)) return path;
    const templates = new Set(this.#mountTemplates(this.#root, path, [this.#root]));
    const template = templates.size === 1 ? [...templates][0] : undefined;
    if (template === path) this.#plainMounts.add(path);
    return template;
  }

  #waysOf(route: ExpressRoute): Way[] {
    let ways = this.#ways.get(route);
    if (ways === undefined) {
      ways = this.#waysTo(route, []);
      this.#ways.set(route, ways);
    }
    return ways;
  }

  /**
   * The layers from the root to a route or router: for each of its places, those that lead there.
   * No way leads through a router twice: there would be as many as clients like.
   */
  #waysTo(target: ExpressRoute | Stack, passed: Stack[]): Way[] {
    if (target === this.#root) return [[]];
    return this.#places.get(target)!.flatMap(({ layer, stack }) => {
      if (passed.includes(stack)) return [];
      return this.#waysTo(stack, [...passed, stack]).map((way) => [...way, layer]);
    });
  }

  /** For each mount that takes all of the path its template; undefined for a router's. */
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
    this.#ways.clear();
    this.#templates.clear();
    this.#plainMounts.clear();
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

/** The template of a way that is the same for all requests. */
function onlyTemplateOf(way: Way): string | undefined {
  const templates = way.map(onlyTemplate);
  const isKnown = templates.every((template) => template !== undefined);
  return isKnown ? templates.reduce(joinTemplates, "") : undefined;
}

/** The template of the way that the path takes; of the first if it takes none. */
function followedTemplate(ways: readonly Way[], path: string): string {
  for (const way of ways) {
    const template = follow(way, path);
    if (template !== undefined) return template;
  }
  return ways[0]!.map(anyTemplate).reduce(joinTemplates, "");
}

function follow(way: Way, path: string): string | undefined {
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
