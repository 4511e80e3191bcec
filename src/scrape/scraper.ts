import type { CounterSeries } from "../instruments/counter.ts";
import type { HistogramSeries } from "../instruments/histogram.ts";
import type { Exposition } from "../registry/expose.ts";
import type { Registry } from "../registry/registry.ts";
import { chooseEncoding, compress, type Encoding } from "./compress.ts";

/** The part of Prometheus's timeout that collecting may use; the rest is for writing and sending. */
const DEADLINE_SHARE = 0.8;

/** A scrape, whatever server it came in by. */
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

export interface ScraperOptions {
  /** Scrapes that may be under way at once, 8 by default; those past it are answered with 503. */
  readonly maxConcurrent?: number | undefined;
  /**
   * Whether OpenMetrics 1.0 tells when each series began, as a sample of its own; off by default, as
   * most servers store it as one more series. Protobuf always tells.
   */
  readonly createdSamples?: boolean | undefined;
}

/** One page under way, and what was packed of it so far. */
interface Rendering {
  readonly page: Promise<Exposition>;
  readonly packed: Map<Encoding, Promise<Uint8Array>>;
}

/**
 * Answers scrapes of a registry. Scrapes of the same page at the same time, as of two Prometheus
 * servers, share one.
 */
export class Scraper {
  readonly #registry: Registry;
  readonly #maxConcurrent: number;
  readonly #createdSamples: boolean;
  readonly #renderings = new Map<string, Rendering>();
  readonly #scrapes: { readonly [Result in ScrapeResult]: CounterSeries };
  readonly #duration: HistogramSeries;
  readonly #bytes: CounterSeries;
  #underWay = 0;

  constructor(
    registry: Registry,
    { maxConcurrent = 8, createdSamples = false }: ScraperOptions = {},
  ) {
    this.#registry = registry;
    this.#maxConcurrent = maxConcurrent;
    this.#createdSamples = createdSamples;
    const scrapes = registry.counter({
      name: "narthex_scrapes",
      help: "Scrapes answered, by result.",
      labels: ["result"],
    });
    this.#scrapes = {
      ok: scrapes.labels({ result: "ok" }),
      busy: scrapes.labels({ result: "busy" }),
      error: scrapes.labels({ result: "error" }),
    };
    this.#duration = registry.histogram({
      name: "narthex_scrape_duration_seconds",
      help: "Time to answer a scrape, compression included.",
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10],
    });
    this.#bytes = registry.counter({
      name: "narthex_scrape_response_bytes",
      help: "Bytes of the pages sent, after compression.",
      unit: "bytes",
    });
  }

  /** The response to a scrape; it never rejects. */
  async scrape(request: ScrapeRequest): Promise<ScrapeResponse> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return {
        ...message(405, "Metrics are read with GET."),
        headers: { ...PLAIN, allow: "GET, HEAD" },
      };
    }
    if (this.#underWay >= this.#maxConcurrent) {
      this.#scrapes.busy.inc();
      return {
        ...message(503, "Too many scrapes at once."),
        headers: { ...PLAIN, "retry-after": "5" },
      };
    }
    this.#underWay += 1;
    const end = this.#duration.startTimer();
    try {
      const response = await this.#respond(request);
      this.#scrapes.ok.inc();
      this.#bytes.inc(response.body.length);
      return response;
    } catch {
      this.#scrapes.error.inc();
      return message(500, "The metrics could not be written.");
    } finally {
      this.#underWay -= 1;
      end();
    }
  }

  async #respond(request: ScrapeRequest): Promise<ScrapeResponse> {
    const rendering = this.#rendering(request);
    const { contentType, body } = await rendering.page;
    const encoding = chooseEncoding(request.header("accept-encoding"), body.length);
    let packed = rendering.packed.get(encoding);
    if (packed === undefined) {
      packed = compress(body, encoding);
      rendering.packed.set(encoding, packed);
    }
    const bytes = await packed;
    return {
      status: 200,
      headers: {
        "content-type": contentType,
        "content-length": String(bytes.length),
        vary: "accept, accept-encoding",
        ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
      },
      body: request.method === "HEAD" ? "" : bytes,
    };
  }

  #rendering(request: ScrapeRequest): Rendering {
    const accept = request.header("accept");
    const names = namesOf(request.url);
    const deadlineMs = deadlineOf(request.header("x-prometheus-scrape-timeout-seconds"));
    const key = JSON.stringify([accept, names, deadlineMs]);
    let rendering = this.#renderings.get(key);
    if (rendering === undefined) {
      const createdSamples = this.#createdSamples;
      const page = this.#registry.expose({ accept, names, deadlineMs, createdSamples });
      rendering = { page, packed: new Map() };
      this.#renderings.set(key, rendering);
      // Not before it is done: who comes later wants newer values.
      const forget = () => this.#renderings.delete(key);
      page.then(forget, forget);
    }
    return rendering;
  }
}

type ScrapeResult = "ok" | "busy" | "error";

const PLAIN = { "content-type": "text/plain; charset=utf-8" };

function message(status: number, text: string): ScrapeResponse {
  return { status, headers: PLAIN, body: `${text}\n` };
}

/** The families of the `name[]` filter, or undefined for all. */
function namesOf(url: string): readonly string[] | undefined {
  const start = url.indexOf("?");
  if (start < 0) return undefined;
  const names = new URLSearchParams(url.slice(start)).getAll("name[]");
  return names.length === 0 ? undefined : names;
}

function deadlineOf(timeoutSeconds: string | undefined): number | undefined {
  const ms = Number(timeoutSeconds) * 1000 * DEADLINE_SHARE;
  return ms > 0 && ms < 3_600_000 ? ms : undefined;
}
