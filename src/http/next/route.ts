import type { IncomingMessage } from "node:http";

const META = Symbol.for("NextInternalRequestMeta");
const SERVERS = Symbol.for("@next/router-server-methods");

interface NextRequest extends IncomingMessage {
  [META]?: RequestMeta;
}

/** What Next's router stores on a request, as far as it tells the route. */
interface RequestMeta {
  /** The page or handler that was found, without base path and groups: `/blog/[slug]`. */
  readonly invokeOutput?: string;
  /** The status if one of Next's own pages answers instead: 404 if no page was found. */
  readonly invokeStatus?: number;
  /** The key of this Next server among those of the process. */
  readonly relativeProjectDir?: string;
}

/** Next's servers in this process, by the folders of their projects. */
const servers = globalThis as {
  [SERVERS]?: { readonly [folder: string]: { readonly nextConfig?: { basePath?: string } } };
};

/**
 * The route of a request that Next has answered, as the project's files name it, with the base path:
 * `/blog/[slug]`.
 *
 * Next 16 has no public API for it; a test with the real Next checks that it is still where we read it.
 * Redirects, files of `public/` and responses of the middleware have no route.
 */
export function nextRoute(request: IncomingMessage): string | undefined {
  const meta = (request as NextRequest)[META];
  // With status 404, `invokeOutput` is left over from an attempt that failed.
  if (meta === undefined || meta.invokeStatus === 404) return undefined;
  const route = meta.invokeOutput || staticRoute(request);
  if (route === undefined) return undefined;
  const basePath = servers[SERVERS]?.[meta.relativeProjectDir ?? ""]?.nextConfig?.basePath;
  if (!basePath) return route;
  return route === "/" ? basePath : basePath + route;
}

/** The files of a build share one route: their names would be too many label values. */
function staticRoute({ url = "" }: IncomingMessage): string | undefined {
  return url.split("?", 1)[0]!.includes("/_next/static/") ? "/_next/static/*" : undefined;
}
