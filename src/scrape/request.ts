/** The timeout that a scraper asks for is clamped between these two. */
const SHORTEST_TIMEOUT_SECONDS = 0.5;
const LONGEST_TIMEOUT_SECONDS = 60;

/** A longer timeout is a mistake, and counts as not given. */
const MOST_BELIEVED_SECONDS = 3600;

/** A scrape, whichever server received it. */
export interface ScrapeRequest {
  readonly method: string;
  /** Path and query; only the query is read. */
  readonly url: string;
  /** One of the request's headers, by its lower-case name. */
  header(name: string): string | undefined;
}

export interface ScrapeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** The families of the `name[]` filter, or undefined for all. */
export function namesOf(url: string): readonly string[] | undefined {
  const start = url.indexOf("?");
  if (start < 0) return undefined;
  const names = new URLSearchParams(url.slice(start)).getAll("name[]");
  return names.length === 0 ? undefined : names;
}

/** How long the scraper waits, in seconds; undefined where it does not say. */
export function timeoutOf(request: ScrapeRequest): number | undefined {
  const seconds = Number(request.header("x-prometheus-scrape-timeout-seconds"));
  if (!(seconds > 0 && seconds < MOST_BELIEVED_SECONDS)) return undefined;
  return Math.min(Math.max(seconds, SHORTEST_TIMEOUT_SECONDS), LONGEST_TIMEOUT_SECONDS);
}
