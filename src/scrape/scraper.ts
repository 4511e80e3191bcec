import type { CounterSeries } from "../instruments/counter.ts";
import type { HistogramSeries } from "../instruments/histogram/histogram.ts";
import { tellError } from "../registry/error-listeners.ts";
import type { Registry } from "../registry/registry.ts";
import { describe, Warnings } from "../warn.ts";
import { Renderings } from "./renderings.ts";
import { type ScrapeRequest, type ScrapeResponse, timeoutOf } from "./request.ts";

/** The time that a page has to be sent in where the scraper names none: Prometheus's default. */
const DEFAULT_TIMEOUT_SECONDS = 10;

/** How a response goes to its client. */
export interface Delivery {
  /** Whether `onEnd` can know when a response has been sent; otherwise it counts as sent at once. */
  readonly tellsWhenSent: boolean;
  /** Calls back, once or more often, when the response has been sent or the client has left. */
  onEnd(ended: (wasSent: boolean) => void): void;
  /** Ends the response and its connection. */
  abort(): void;
}

export interface ScraperOptions {
  /**
   * Scrapes that may be under way at once, 8 by default; those past it are answered with 503. A scrape
   * ends when its page has been sent, its client has left, or its time is over.
   */
  readonly maxConcurrent?: number | undefined;
  /**
   * Whether OpenMetrics 1.0 tells by a sample of its own when each series began; off by default,
   * because most servers store that sample as one more series. Protobuf always tells.
   */
  readonly createdSamples?: boolean | undefined;
}

/** Answers scrapes of a registry, and counts them. */
export class Scraper {
  readonly #registry: Registry;
  readonly #renderings: Renderings;
  readonly #maxConcurrent: number;
  readonly #scrapes: { readonly [Result in ScrapeResult]: CounterSeries };
  readonly #duration: HistogramSeries;
  readonly #bytes: CounterSeries;
  readonly #warnings = new Warnings();
  #underWay = 0;

  constructor(
    registry: Registry,
    { maxConcurrent = 8, createdSamples = false }: ScraperOptions = {},
  ) {
    this.#registry = registry;
    this.#renderings = new Renderings(registry, createdSamples);
    this.#maxConcurrent = maxConcurrent;
    const scrapes = registry.counter({
      name: "narthex_scrapes",
      help: "Scrapes answered, by result.",
      labels: ["result"],
    });
    const counterOf = (result: ScrapeResult) => scrapes.labels({ result });
    this.#scrapes = {
      ok: counterOf("ok"),
      busy: counterOf("busy"),
      error: counterOf("error"),
      unauthorized: counterOf("unauthorized"),
      method_not_allowed: counterOf("method_not_allowed"),
      unsent: counterOf("unsent"),
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
  async scrape(request: ScrapeRequest, delivery?: Delivery): Promise<ScrapeResponse> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      this.#scrapes.method_not_allowed.inc();
      return message(405, "Metrics are read with GET.", { allow: "GET, HEAD" });
    }
    if (this.#underWay >= this.#maxConcurrent) {
      this.#scrapes.busy.inc();
      return message(503, "Too many scrapes at once.", { "retry-after": "5" });
    }
    this.#underWay += 1;
    const end = this.#duration.startTimer();
    const ended = delivery && new Promise<boolean>((resolve) => delivery.onEnd(resolve));
    try {
      const clientLeft = ended?.then(() => Promise.reject(CLIENT_LEFT));
      const response = await this.#renderings.respond(request, clientLeft);
      const finish = (wasSent: boolean) => {
        if (wasSent) this.#bytes.inc(response.body.length);
        this.#finish(wasSent ? "ok" : "unsent");
      };
      if (ended === undefined || !delivery?.tellsWhenSent) finish(true);
      else void sentInTime(ended, delivery, timeoutOf(request)).then(finish);
      return response;
    } catch (error) {
      this.#finish(error === CLIENT_LEFT ? "unsent" : "error");
      if (error !== CLIENT_LEFT) {
        tellError(this.#registry, error);
        this.#warnings.once("scrape", `A scrape of the metrics failed: ${describe(error)}.`, error);
      }
      return message(500, "The metrics could not be written.");
    } finally {
      end();
    }
  }

  /** Counts a scrape that was refused before it came here. */
  countUnauthorized(): void {
    this.#scrapes.unauthorized.inc();
  }

  #finish(result: ScrapeResult): void {
    this.#underWay -= 1;
    this.#scrapes[result].inc();
  }
}

/** `unsent`: the client left, or did not read the page in time. */
type ScrapeResult = "ok" | "busy" | "error" | "unauthorized" | "method_not_allowed" | "unsent";

const CLIENT_LEFT = "the client has left";

const PLAIN = { "content-type": "text/plain; charset=utf-8" };

function message(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): ScrapeResponse {
  return { status, headers: { ...PLAIN, ...headers }, body: `${text}\n` };
}

/**
 * Whether a response is sent in time. One that is late is ended, because a client that does not read
 * would keep its page in memory.
 */
async function sentInTime(
  ended: Promise<boolean>,
  delivery: Delivery,
  seconds = DEFAULT_TIMEOUT_SECONDS,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000, false);
    // The timer must not keep the process alive; on runtimes other than Node it is a number.
    if (typeof timer === "object") timer.unref();
  });
  const wasSent = await Promise.race([ended, late]);
  clearTimeout(timer);
  if (!wasSent) delivery.abort();
  return wasSent;
}
