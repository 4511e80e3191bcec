import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { isThenable } from "../../instruments/work.ts";
import { Live } from "../../live/open.ts";
import { ownOptions } from "../../options.ts";
import { tellError } from "../../registry/error-listeners.ts";
import type { Registry } from "../../registry/registry.ts";
import type { ScrapeResponse } from "../../scrape/request.ts";
import { Scraper } from "../../scrape/scraper.ts";
import { describe, Warnings } from "../../warn.ts";
import type { Authorize, HttpMetricsOptions } from "../options.ts";
import { type HttpRequest, NodeHttpRequest, pathOf } from "../request/http-request.ts";
import { servingSettings } from "../settings.ts";
import { deliveryOf, fetchResponse, type NodeResponse } from "./delivery.ts";

/** How long the option `authorize` may take. */
const AUTHORIZE_MS = 10_000;

/** The page of the metrics: where it is, who may read it, and what it answers. */
export class MetricsEndpoint {
  readonly path: string;
  readonly registry: Registry;
  readonly #scraper: Scraper;
  readonly #authorize: Authorize | undefined;
  readonly #live: Live | undefined;
  readonly #warnings = new Warnings();

  constructor(given: HttpMetricsOptions) {
    const options = ownOptions(given);
    const { registry, path, authorize, live } = servingSettings(options);
    this.path = path;
    this.#scraper = new Scraper(registry, options);
    this.#authorize = authorize;
    this.registry = registry;
    this.#live = live && new Live(registry, live);
  }

  /** Whether a URL is the one of the metrics. */
  isAt(url: string): boolean {
    return url.startsWith(this.path) && pathOf(url) === this.path;
  }

  /**
   * The response to a request for the metrics; it never rejects.
   *
   * @param response Node's response with which it will be sent, if the server is Node's
   */
  async answer(request: HttpRequest, response?: NodeResponse): Promise<ScrapeResponse> {
    if (await this.#isAllowed(request)) {
      const live = await this.#answerLive(request);
      return live ?? this.#scraper.scrape(request, deliveryOf(request, response));
    }
    this.#scraper.countUnauthorized();
    const challenge = this.#authorize?.challenge;
    const headers = { "content-type": "text/plain; charset=utf-8" };
    if (challenge === undefined) return { status: 403, headers, body: "Forbidden.\n" };
    return {
      status: 401,
      headers: { ...headers, "www-authenticate": challenge },
      body: "Unauthorized.\n",
    };
  }

  /**
   * The same as a response of the fetch API.
   *
   * @param outgoing Node's response with which it will be sent, if the server is Node's
   */
  async respond(request: HttpRequest, outgoing?: NodeResponse): Promise<Response> {
    return fetchResponse(await this.answer(request, outgoing));
  }

  /** Answers a request of Node's HTTP, unless somebody else has done it; it never rejects. */
  async send(request: IncomingMessage, response: NodeResponse): Promise<void> {
    try {
      const { status, headers, body } = await this.answer(new NodeHttpRequest(request), response);
      if (response.headersSent || response.destroyed) return;
      if (isClosing(request) && !("stream" in response)) response.setHeader("connection", "close");
      // Both kinds of response take the same, but their types have no signature in common.
      (response as ServerResponse).writeHead(status, headers).end(body);
    } catch (error) {
      this.#warnings.once("send", `A page of metrics was not sent: ${describe(error)}.`, error);
      response.destroy();
    }
  }

  /** The response to a browser; undefined for scrapers, also where the live page fails. */
  async #answerLive(request: HttpRequest): Promise<ScrapeResponse | undefined> {
    try {
      return await this.#live?.answer(request);
    } catch (error) {
      this.#warnings.once("live", `The live page failed: ${describe(error)}.`, error);
      return undefined;
    }
  }

  async #isAllowed(request: HttpRequest): Promise<boolean> {
    if (this.#authorize === undefined) return true;
    try {
      const verdict: unknown = this.#authorize(request);
      return (isThenable(verdict) ? await inTime(verdict) : verdict) === true;
    } catch (error) {
      tellError(this.registry, error);
      const message = `Nobody may read the metrics while the option authorize fails: ${describe(error)}.`;
      this.#warnings.once("authorize", message, error);
      return false;
    }
  }
}

/**
 * Whether the server of a request is being closed. It waits for its connections, and a scraper keeps one open for its
 * next scrape.
 */
function isClosing({ socket }: IncomingMessage): boolean {
  const { server } = socket as { readonly server?: Server };
  return server?.listening === false;
}

/** A verdict that takes too long is a failure. */
async function inTime(verdict: PromiseLike<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = `it has not ended in ${AUTHORIZE_MS / 1000} seconds`;
    timer = setTimeout(reject, AUTHORIZE_MS, reason);
  });
  try {
    return await Promise.race([verdict, late]);
  } finally {
    clearTimeout(timer);
  }
}
