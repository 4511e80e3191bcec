import { SHARED } from "../../process-wide.ts";

/** The mounted apps that a request has entered, whether or not it has left them again. */
interface Mounts {
  /** The path before koa-mount took the prefixes off it. */
  readonly path: string;
  readonly prefixes: readonly string[];
  /** How many layers of @koa/router had matched when the request entered the last one. */
  readonly matchedBefore: number;
}

/** A context of Koa, as koa-mount sees it. */
export interface MountedContext {
  readonly path: string;
  /** What @koa/router found for the path, also for other methods. */
  readonly matched?: readonly object[];
  mountPath?: string | undefined;
  readonly app: { readonly context: object };
  [SHARED]?: Mounts | undefined;
}

/**
 * Notes from now on each prefix that koa-mount takes off the path of a request: it overwrites
 * `mountPath` with each, and never resets it.
 */
export function trackMounts(ctx: MountedContext): void {
  if (SHARED in ctx) return;
  const { mountPath, path } = ctx;
  delete ctx.mountPath;
  Object.defineProperties(ctx.app.context, ACCESSORS);
  // The first request has already entered a mounted app.
  if (mountPath !== undefined) {
    ctx[SHARED] = { path: mountPath + path, prefixes: [mountPath], matchedBefore: 0 };
  }
}

const ACCESSORS: PropertyDescriptorMap & ThisType<MountedContext> = {
  [SHARED]: { value: undefined, writable: true },
  mountPath: {
    configurable: true,
    get() {
      return this[SHARED]?.prefixes.at(-1);
    },
    set(prefix: string) {
      const { path, prefixes } = this[SHARED] ?? { path: this.path, prefixes: [] };
      const matchedBefore = this.matched?.length ?? 0;
      this[SHARED] = { path, prefixes: [...prefixes, prefix], matchedBefore };
    },
  },
};

/** A mounted app that the request may have been in: what was taken off its path, and what was left. */
export interface MountedPath {
  readonly prefix: string;
  readonly rest: string;
}

/** How many layers had matched when the request entered the last mounted app. */
export function matchedBeforeMount(ctx: MountedContext): number {
  return ctx[SHARED]?.matchedBefore ?? 0;
}

/** The deepest one first; none if the request was in no mounted app. */
export function mountedPaths(ctx: MountedContext): readonly MountedPath[] {
  const { path, prefixes } = ctx[SHARED] ?? { path: "", prefixes: [] };
  let places: MountedPath[] = [{ prefix: "", rest: path }];
  for (const mount of prefixes) {
    const deeper = places.filter(({ rest }) => rest.startsWith(mount));
    places = [
      ...deeper.map(({ prefix, rest }) => ({
        prefix: prefix + mount,
        rest: rest.slice(mount.length),
      })),
      ...places,
    ];
  }
  return places.slice(0, -1);
}
