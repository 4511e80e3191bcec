import type { IncomingMessage } from "node:http";

const META = Symbol.for("NextInternalRequestMeta");
const SERVERS = Symbol.for("@next/router-server-methods");

interface NextRequest extends IncomingMessage {
  [META]?: RequestMeta;
}

/** What Next's router writes down at a request, as far as it tells the route. */
interface RequestMeta {
  /** The page or handler that was found: `/blog/[slug]`, without the base path and without groups. */
  readonly invokeOutput?: string;
  /** The status of a page of Next's own that answers instead; 404 where no page was found. */
  readonly invokeStatus?: number;
  /** Which of the process's Next servers it is. */
  readonly relativeProjectDir?: string;
}

/** Next's servers in this process, by the folders of their projects. */
const servers = globalThis as {
  [SERVERS]?: { readonly [folder: string]: { readonly nextConfig?: { basePath?: string } } };
};

/**
 * The route that Next found for a request that it has answered, as its files name it:
 * `/blog/[slug]`, with the base path before it.
 *
 * Next 16 knows it only in places of its own, which a test with the real Next watches; redirects,
 * files of `public/` and what the middleware answers itself have no route there.
 */
export function nextRoute(request: IncomingMessage): string | undefined {
  const meta = (request as NextRequest)[META];
  // The page of an earlier attempt stays noted when none is found in the end.
  if (meta === undefined || meta.invokeStatus === 404) return undefined;
  const route = meta.invokeOutput || staticRoute(request);
  if (route === undefined) return undefined;
  const basePath = servers[SERVERS]?.[meta.relativeProjectDir ?? ""]?.nextConfig?.basePath;
  if (!basePath) return route;
  return route === "/" ? basePath : basePath + route;
}

/** Files of the build have too many names for a label. */
function staticRoute({ url = "" }: IncomingMessage): string | undefined {
  return url.split("?", 1)[0]!.includes("/_next/static/") ? "/_next/static/*" : undefined;
}
