/** The media type by which the page asks for the numbers that it draws. */
export const LIVE_DATA = "application/vnd.narthex.live+json";

/** What a request for the metrics gets, if not a page for scrapers. */
export type LiveAnswer = "page" | "data";

/**
 * Whether a request asks for the live page or for its data. Everything that a scraper may send is neither:
 * HTML has to be named, and liked better than whatever else is named that has text.
 *
 * @param accept the request's `Accept` header
 * @param url `?live=off` shows the text in a browser, too
 */
export function liveAnswer(accept: string | undefined, url: string): LiveAnswer | undefined {
  if (accept === undefined) return undefined;
  if (accept === LIVE_DATA) return "data";
  if (!/text\/html/i.test(accept) || queryOf(url).get("live") === "off") return undefined;
  return prefersHtml(accept) ? "page" : undefined;
}

/** The query of a path, or of a URL. */
export function queryOf(url: string): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start));
}

/** Types that a metrics page has, and those that stand for them. */
const METRICS =
  /^(text\/plain|text\/\*|application\/openmetrics-text|application\/vnd\.google\.protobuf)$/;

function prefersHtml(accept: string): boolean {
  let html = 0;
  let others = 0;
  for (const part of accept.toLowerCase().split(",")) {
    const [type = "", ...parameters] = part.split(";").map((text) => text.trim());
    // Clients in Java ask for HTML by default, and for this, which is no media type.
    if (type === "*") return false;
    const quality = qualityOf(parameters);
    if (type === "text/html") html = Math.max(html, quality);
    else if (METRICS.test(type)) others = Math.max(others, quality);
  }
  return html > others;
}

function qualityOf(parameters: readonly string[]): number {
  const [, text] = /^q *= *(.*)$/.exec(parameters.find((one) => /^q *=/.test(one)) ?? "") ?? [];
  if (text === undefined) return 1;
  const quality = Number(text);
  return quality >= 0 && quality <= 1 ? quality : 0;
}
