import type { IncomingMessage, ServerResponse } from "node:http";
import { type ScrapeResponse, Scraper } from "../../scrape/scraper.ts";
import { warn } from "../../warn.ts";
import type { Authorize, HttpMetricsOptions } from "../options.ts";
import { type HttpRequest, NodeHttpRequest, pathOf } from "../request/http-request.ts";
import { servingSettings } from "../settings.ts";

/** The page of the metrics: where it is, who may read it, and what it answers. */
export class MetricsEndpoint {
  readonly path: string;
  readonly #scraper: Scraper;
  readonly #authorize: Authorize | undefined;

  constructor(options: HttpMetricsOptions) {
    const { registry, path, authorize } = servingSettings(options);
    this.path = path;
    this.#scraper = new Scraper(registry, options);
    this.#authorize = authorize;
  }

  /** Whether a URL is the one of the metrics. */
  isAt(url: string): boolean {
    return url.startsWith(this.path) && pathOf(url) === this.path;
  }

  /** The response to a request for the metrics; it never rejects. */
  async answer(request: HttpRequest): Promise<ScrapeResponse> {
    if (await this.#isAllowed(request)) return this.#scraper.scrape(request);
    const challenge = this.#authorize?.challenge;
    const headers = { "content-type": "text/plain; charset=utf-8" };
    if (challenge === undefined) return { status: 403, headers, body: "Forbidden.\n" };
    return {
      status: 401,
      headers: { ...headers, "www-authenticate": challenge },
      body: "Unauthorized.\n",
    };
  }

  /** Answers a request of Node's HTTP. */
  async send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, body } = await this.answer(new NodeHttpRequest(request));
    response.writeHead(status, headers).end(body);
  }

  async #isAllowed(request: HttpRequest): Promise<boolean> {
    if (this.#authorize === undefined) return true;
    try {
      return (await this.#authorize(request)) === true;
    } catch (error) {
      warn(`Nobody may read the metrics while the option authorize fails: ${error}.`);
      return false;
    }
  }
}
