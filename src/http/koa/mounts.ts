import { SHARED } from "../../process-wide.ts";

/** What koa-mount took off a request's path, app by app, and the path before that. */
interface Mounts {
  readonly path: string;
  readonly prefixes: readonly string[];
}

/** A context of Koa, as koa-mount sees it. */
export interface MountedContext {
  readonly path: string;
  mountPath?: string | undefined;
  readonly app: { readonly context: object };
  [SHARED]?: Mounts | undefined;
}

/**
 * Notices all prefixes that koa-mount takes off: it tells the last one only, also when the request
 * has left the mounted app again.
 */
export function trackMounts(ctx: MountedContext): void {
  if (SHARED in ctx) return;
  const { mountPath, path } = ctx;
  delete ctx.mountPath;
  Object.defineProperties(ctx.app.context, ACCESSORS);
  // The first request is in a mounted app already.
  if (mountPath !== undefined) ctx[SHARED] = { path: mountPath + path, prefixes: [mountPath] };
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
      this[SHARED] = { path, prefixes: [...prefixes, prefix] };
    },
  },
};

/** A place where the request may have been: what was taken off its path, and what was left. */
export interface MountedPath {
  readonly prefix: string;
  readonly rest: string;
}

/** The deepest one first, and none for a request that was in no mounted app. */
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
