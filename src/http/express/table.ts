import {
  type ExpressLayer,
  type ExpressRoute,
  joinTemplates,
  onlyTemplate,
  type Taken,
  take,
} from "./layer.ts";
import { type ExpressApp, type ExpressRouter, routerBehind, routerOf } from "./router.ts";

type Stack = ExpressRouter["stack"];

/** A layer at one place: a router that is mounted several times has entries for each. */
interface Entry {
  readonly layer: ExpressLayer;
  /** The entry that leads to the router of this one. */
  readonly above: Entry | undefined;
  /** Whether it leads to a router; `below` are the entries of that. */
  isRouter: boolean;
  readonly below: Entry[];
}

/** An entry that a path leads to. */
interface Reached extends Taken {
  readonly entry: Entry;
}

/** A part of the application that gets what is left of a path. */
export interface Place {
  readonly template: string;
  readonly rest: string;
}

/** All layers of an application's routers, in the order in which Express tries them. */
export class RouteTable {
  readonly #app: ExpressApp;
  #entries: readonly Entry[] = [];
  readonly #stacks = new Set<Stack>();
  #size = -1;
  readonly #routes = new Map<ExpressRoute, Entry[]>();
  readonly #templates = new Map<ExpressRoute, string>();
  readonly #plainMounts = new Set<string>();
  #strangers = new WeakSet<ExpressRoute>();

  constructor(app: ExpressApp) {
    this.#app = app;
  }

  /** The template of a route that has one, whatever the request: one place, and no choice of paths. */
  onlyTemplate(route: ExpressRoute): string | undefined {
    this.#refresh();
    const known = this.#templates.get(route);
    if (known !== undefined) return known;
    const [entry, ...others] = this.#entriesOf(route);
    if (entry === undefined || others.length > 0) return undefined;
    const templates = wayTo(entry).map(onlyTemplate);
    if (templates.includes(undefined)) return undefined;
    const template = (templates as string[]).reduce(joinTemplates, "");
    this.#templates.set(route, template);
    return template;
  }

  /**
   * The template of a route that has taken a request; undefined if the path doesn't lead to it.
   *
   * @param rest what the mounts left of the path for the route, if that is known
   */
  routeTemplate(route: ExpressRoute, path: string, rest?: string): string | undefined {
    this.#refresh();
    for (const entry of this.#entriesOf(route)) {
      const template = follow(entry, path, rest);
      if (template !== undefined) return template;
    }
    return undefined;
  }

  /**
   * The template of the mount that takes all of `path`; undefined if several do, or if it leads to
   * a router: what is answered there without a route may as well be answered by nothing.
   */
  mountTemplate(path: string): string | undefined {
    this.#refresh();
    if (path === "/") return undefined;
    if (this.#plainMounts.has(path)) return path;
    const templates = new Set<string | undefined>();
    for (const { entry, isAll, template } of reached(this.#entries, path)) {
      if (!isAll || entry.layer.route) continue;
      const isOne = isHandler(entry) && !isMountedApp(entry.layer);
      templates.add(isOne ? template : undefined);
    }
    const template = templates.size === 1 ? [...templates][0] : undefined;
    if (template === path) this.#plainMounts.add(path);
    return template;
  }

  /**
   * The template of the route that would take a request next, after the one that passed it on;
   * undefined if there is none, or if an application that is mounted before it might have one.
   */
  nextRoute(path: string, method: string, passed?: ExpressRoute): string | undefined {
    this.#refresh();
    let isNext = passed === undefined || !this.#routes.has(passed);
    for (const { entry, template } of reached(this.#entries, path)) {
      const { layer } = entry;
      if (layer.route !== undefined && layer.route === passed) isNext = true;
      else if (!isNext) continue;
      else if (isMountedApp(layer)) return undefined;
      else if (layer.route && takesMethod(layer.route, method)) return template;
    }
    return undefined;
  }

  /** Where applications that are mounted in this one may get the path. */
  mountedApps(path: string): Place[] {
    this.#refresh();
    const handlers = this.#entries.filter(isHandler).map(({ layer }) => layer);
    const named = handlers.filter(isMountedApp);
    // A minifier has renamed the functions of Express.
    const apps = named.length > 0 ? named : handlers;
    return apps.map((layer) => take(layer, path)).filter((taken) => taken !== undefined);
  }

  #entriesOf(route: ExpressRoute): readonly Entry[] {
    if (!this.#routes.has(route) && !this.#strangers.has(route)) {
      // The sizes don't show that a layer was replaced, as hot reloading does.
      this.#read();
      if (!this.#routes.has(route)) this.#strangers.add(route);
    }
    return this.#routes.get(route) ?? [];
  }

  #refresh(): void {
    let size = 0;
    for (const stack of this.#stacks) size += stack.length;
    if (size === this.#size) return;
    this.#strangers = new WeakSet();
    this.#read();
  }

  #read(): void {
    this.#routes.clear();
    this.#templates.clear();
    this.#plainMounts.clear();
    this.#stacks.clear();
    const stack = routerOf(this.#app)?.stack;
    this.#entries = stack === undefined ? [] : this.#entriesIn(stack, undefined, []);
    this.#size = 0;
    for (const { length } of this.#stacks) this.#size += length;
  }

  /** @param passed the routers above: one that contains itself is read once */
  #entriesIn(stack: Stack, above: Entry | undefined, passed: readonly Stack[]): Entry[] {
    this.#stacks.add(stack);
    const within = [...passed, stack];
    return stack.map((layer) => {
      const entry: Entry = { layer, above, isRouter: false, below: [] };
      const { route } = layer;
      const handlers = route ? (route.stack ?? []) : [layer];
      for (const { handle } of handlers) {
        const router = routerBehind(handle);
        if (router === undefined) continue;
        entry.isRouter = true;
        if (!within.includes(router.stack)) {
          entry.below.push(...this.#entriesIn(router.stack, entry, within));
        }
      }
      if (route) this.#routes.set(route, [...(this.#routes.get(route) ?? []), entry]);
      return entry;
    });
  }
}

/** Every layer that a path leads to, in the order in which Express tries them. */
function* reached(entries: readonly Entry[], path: string): Generator<Reached> {
  for (const entry of entries) {
    const taken = take(entry.layer, path);
    if (taken === undefined) continue;
    const { layer, below } = entry;
    const { template, rest } = layer.route ? { template: "", rest: path } : taken;
    if (!layer.route) yield { ...taken, entry };
    for (const deeper of reached(below, rest)) {
      yield { ...deeper, template: joinTemplates(template, deeper.template) };
    }
    if (layer.route) yield { ...taken, entry };
  }
}

/** Whether it is a user's function, or an application that Express hides in one. */
function isHandler({ layer, isRouter }: Entry): boolean {
  return !layer.route && !isRouter;
}

function isMountedApp({ name }: ExpressLayer): boolean {
  return name === "mounted_app";
}

function takesMethod({ methods = {} }: ExpressRoute, method: string): boolean {
  const name = method.toLowerCase();
  return Boolean(methods._all || methods[name] || (name === "head" && methods.get));
}

/** The template of a route's entry, if the layers that lead there leave `rest` of the path. */
function follow(entry: Entry, path: string, rest?: string): string | undefined {
  let mount = "";
  let left = path;
  for (const layer of wayTo(entry)) {
    if (layer === entry.layer && left !== (rest ?? left)) return undefined;
    const taken = take(layer, left);
    if (taken === undefined) return undefined;
    mount = joinTemplates(mount, taken.template);
    left = taken.rest;
  }
  return mount;
}

/** The layers that lead to an entry. A route takes nothing off the path for routers in it. */
function wayTo({ layer, above }: Entry): ExpressLayer[] {
  const way = [layer];
  for (let entry = above; entry !== undefined; entry = entry.above) {
    if (!entry.layer.route) way.unshift(entry.layer);
  }
  return way;
}
