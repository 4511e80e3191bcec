import type { Registry } from "../registry/registry.ts";
import type { ScrapeRequest, ScrapeResponse } from "../scrape/request.ts";
import { type LiveAnswer, liveAnswer } from "./accept.ts";
import type { LiveSettings } from "./options.ts";

/** The live page of a registry. Its code is loaded when it is opened, as most processes have none. */
export class Live {
  readonly #view: Promise<import("./view.ts").LiveView>;

  /** From now on, the page keeps a history. */
  constructor(registry: Registry, settings: LiveSettings) {
    this.#view = import("./view.ts").then(({ openView }) => openView(registry, settings));
    this.#view.catch(() => {}); // Whoever asks for the page hears of it.
  }

  /** The response to a request for the page or its data; undefined for that of a scraper. */
  async answer(request: ScrapeRequest): Promise<ScrapeResponse | undefined> {
    const wanted = liveAnswer(request.header("accept"), request.url);
    return wanted && this.#answer(wanted, request);
  }

  /** The page, or its data, for whatever the client accepts; undefined for methods that do not read. */
  async show(request: ScrapeRequest): Promise<ScrapeResponse | undefined> {
    const wanted = liveAnswer(request.header("accept"), request.url) ?? "page";
    return this.#answer(wanted, request);
  }

  async #answer(wanted: LiveAnswer, request: ScrapeRequest): Promise<ScrapeResponse | undefined> {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const response = await (await this.#view).answer(wanted, request);
    return request.method === "HEAD" ? { ...response, body: "" } : response;
  }
}
