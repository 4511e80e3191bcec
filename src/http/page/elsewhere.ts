import type { ScrapeResponse } from "../../scrape/request.ts";
import { type HttpRequest, pathOf } from "../request/http-request.ts";
import type { MetricsEndpoint } from "./endpoint.ts";

/**
 * What a server that has only the metrics answers on other paths than theirs: a link to them on `/`,
 * else 404. Undefined for a request for the metrics.
 */
export function elsewhere(
  endpoint: MetricsEndpoint,
  { method, url }: Pick<HttpRequest, "method" | "url">,
): ScrapeResponse | undefined {
  if (endpoint.isAt(url)) return undefined;
  const isRead = method === "GET" || method === "HEAD";
  if (pathOf(url) === "/" && isRead) return respond(200, "text/html", method, link(endpoint.path));
  const text = `Not found. The metrics are at ${endpoint.path}\n`;
  return respond(404, "text/plain", method, text);
}

/** The link is relative, so that it also leads there behind a proxy that adds a folder. */
function link(path: string): string {
  const escaped = path.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<!doctype html><title>Metrics</title><a href=".${escaped}">Metrics</a>\n`;
}

function respond(status: number, type: string, method: string, text: string): ScrapeResponse {
  const headers = { "content-type": `${type}; charset=utf-8` };
  return { status, headers, body: method === "HEAD" ? "" : text };
}
