import { alternatives, type Match, type Matcher, printedPaths, probedPath } from "./mount-path.ts";

/** What a user wrote as the path of a mount or of a route. */
export type ExpressPath = string | RegExp | readonly ExpressPath[];

export interface ExpressRoute {
  readonly path: ExpressPath;
  readonly methods?: Readonly<Record<string, boolean | undefined>>;
  /** Its handlers. */
  readonly stack?: readonly { readonly handle: unknown }[];
}

/** An entry of a router: what one `use` or one route added. */
export interface ExpressLayer {
  readonly name: string;
  readonly handle: unknown;
  readonly route?: ExpressRoute | undefined;
  /** Express 4 keeps a RegExp of the path. */
  readonly regexp?: RegExp;
  readonly keys?: readonly { readonly name: string | number }[];
  /** Express 5 keeps closures. */
  readonly matchers?: readonly Matcher[];
  /** It is mounted at `/`. */
  readonly slash?: boolean;
  /** The path as it was written: since router 2.3. */
  readonly rawPath?: ExpressPath;
}

/** Stands for a mount whose path is not known. */
export const UNKNOWN_MOUNT = "/(pattern)";

/** One of the paths of a layer. */
interface LayerPath {
  readonly match: Matcher;
  /** Undefined until a request has matched, for routers of Express 5 before 2.3. */
  template: string | undefined;
}

const pathsOfLayers = new WeakMap<ExpressLayer, readonly LayerPath[]>();

/** What a layer takes off a path. */
export interface Taken {
  readonly template: string;
  /** The path that is left for what is mounted there. */
  readonly rest: string;
  readonly isAll: boolean;
}

export function take(layer: ExpressLayer, path: string): Taken | undefined {
  for (const own of pathsOf(layer)) {
    const matched = matchQuietly(own.match, path);
    if (!matched) continue;
    const rest = layer.route ? "" : restOf(path, matched.path);
    if (rest === undefined) continue;
    own.template ??= probedPath(own.match, matched);
    return {
      template: own.template ?? UNKNOWN_MOUNT,
      rest: rest.startsWith("/") ? rest : `/${rest}`,
      isAll: rest === "",
    };
  }
  return undefined;
}

/** The layer's template, if it is the same for all requests. */
export function onlyTemplate(layer: ExpressLayer): string | undefined {
  const paths = pathsOf(layer);
  return paths.length === 1 ? paths[0]?.template : undefined;
}

export function joinTemplates(mount: string, path: string): string {
  if (path === "/") return mount;
  return mount === "" || path === "" || path.startsWith("/") ? mount + path : `${mount}/${path}`;
}

/** The templates of a route's path. */
export function templatesOf(path: ExpressPath): string[] {
  return Array.isArray(path) ? path.flatMap(templatesOf) : [String(path)];
}

function mountTemplatesOf(path: ExpressPath): string[] {
  if (Array.isArray(path)) return path.flatMap(mountTemplatesOf);
  return [typeof path === "string" ? path.replace(/\/+$/, "") : String(path)];
}

function pathsOf(layer: ExpressLayer): readonly LayerPath[] {
  let paths = pathsOfLayers.get(layer);
  if (paths === undefined) {
    paths = readPaths(layer);
    pathsOfLayers.set(layer, paths);
  }
  return paths;
}

function readPaths(layer: ExpressLayer): LayerPath[] {
  if (layer.slash) return [{ match: () => ({ path: "", params: {} }), template: "" }];
  const matchers = layer.matchers ?? regexpMatchers(layer);
  const templates = writtenTemplates(layer);
  if (templates === undefined || templates.length === matchers.length) {
    return matchers.map((match, i) => ({ match, template: templates?.[i] }));
  }
  const match: Matcher = (path) => matchers.map((one) => one(path)).find(Boolean) ?? false;
  return [{ match, template: templates.join(",") }];
}

function writtenTemplates({ route, rawPath, regexp, keys = [] }: ExpressLayer) {
  if (route !== undefined) return templatesOf(route.path);
  if (rawPath !== undefined) return mountTemplatesOf(rawPath);
  return regexp && (printedPaths(regexp, keys) ?? [String(regexp)]);
}

function regexpMatchers({ route, regexp, keys = [] }: ExpressLayer): Matcher[] {
  if (regexp === undefined) return [];
  const isMade = route ? Array.isArray(route.path) : printedPaths(regexp, keys) !== undefined;
  const sources = isMade ? alternatives(regexp) : [regexp.source];
  return sources.map((source) => {
    const own = new RegExp(source, regexp.flags.replace(/[gy]/g, ""));
    return (path) => {
      const matched = own.exec(path);
      return matched !== null && { path: matched[0], params: {} };
    };
  });
}

/** Express enters a mount only if the match begins the path and ends with a segment. */
function restOf(path: string, taken: string): string | undefined {
  const rest = path.slice(taken.length);
  return path.startsWith(taken) && /^(?:[/.]|$)/.test(rest) ? rest : undefined;
}

/** A matcher throws if a parameter can't be decoded; Express then skips the layer. */
function matchQuietly(match: Matcher, path: string): Match | false {
  try {
    return match(path);
  } catch {
    return false;
  }
}
