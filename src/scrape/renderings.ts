import { negotiate } from "../exposition/negotiate.ts";
import type { ExposeOptions } from "../registry/page/expose.ts";
import type { Exposition } from "../registry/page/page.ts";
import type { Registry } from "../registry/registry.ts";
import { chooseEncoding, compress, type Encoding } from "./compress.ts";
import { namesOf, type ScrapeRequest, type ScrapeResponse, timeoutOf } from "./request.ts";

/** The part of Prometheus's timeout that collecting may use; the rest is for writing and sending. */
const DEADLINE_SHARE = 0.8;

/** A page that is being made, with its compressed forms. */
interface Rendering {
  readonly page: Promise<Exposition>;
  readonly compressed: Map<Encoding, Promise<Uint8Array>>;
  /** How many scrapes wait for the page. */
  waiting: number;
  /** Ends the work when no scrape waits any more. */
  readonly stop: () => void;
}

/**
 * The pages that are being made. Scrapes of the same page at the same time, such as those of two
 * Prometheus servers, share one.
 */
export class Renderings {
  readonly #registry: Registry;
  readonly #createdSamples: boolean;
  readonly #underWay = new Map<string, Rendering>();

  constructor(registry: Registry, createdSamples: boolean) {
    this.#registry = registry;
    this.#createdSamples = createdSamples;
  }

  /**
   * The response with the page that is asked for. A page that nobody waits for any more is not made to
   * its end.
   *
   * @param clientLeft rejects when the client leaves
   */
  async respond(
    request: ScrapeRequest,
    clientLeft: Promise<never> | undefined,
  ): Promise<ScrapeResponse> {
    const rendering = this.#rendering(request);
    rendering.waiting += 1;
    const response = responseTo(request, rendering);
    try {
      return await (clientLeft === undefined ? response : Promise.race([response, clientLeft]));
    } finally {
      rendering.waiting -= 1;
      if (rendering.waiting === 0) {
        rendering.stop();
        // The scrape counts as under way until the work has really ended.
        await response.catch(() => {});
        void release(rendering);
      }
    }
  }

  #rendering(request: ScrapeRequest): Rendering {
    const accept = request.header("accept");
    const names = namesOf(request.url);
    const seconds = timeoutOf(request);
    const deadlineMs = seconds && seconds * 1000 * DEADLINE_SHARE;
    const { format, escaping } = negotiate(accept);
    const key = JSON.stringify([format, escaping, names, deadlineMs]);
    return this.#underWay.get(key) ?? this.#start(key, { accept, names, deadlineMs });
  }

  #start(key: string, options: ExposeOptions): Rendering {
    const createdSamples = this.#createdSamples;
    const controller = new AbortController();
    const { signal } = controller;
    const page = this.#registry.expose({ ...options, createdSamples, signal });
    // A finished page is not shared, because a later scrape wants newer values.
    const forget = () => {
      if (this.#underWay.get(key) === rendering) this.#underWay.delete(key);
    };
    page.then(forget, forget);
    const rendering: Rendering = {
      page,
      compressed: new Map(),
      waiting: 0,
      stop() {
        forget();
        controller.abort();
      },
    };
    this.#underWay.set(key, rendering);
    return rendering;
  }
}

/** Gives back the memory of a page that nobody waits for, if it has left this process only in compressed forms. */
async function release({ page, compressed }: Rendering): Promise<void> {
  if (compressed.has("identity")) return;
  await Promise.allSettled(compressed.values());
  // The registry may be of an older copy of the package, whose pages have no `release`.
  (await page.catch(() => undefined))?.release?.();
}

async function responseTo(request: ScrapeRequest, rendering: Rendering): Promise<ScrapeResponse> {
  const { contentType, body } = await rendering.page;
  const encoding = chooseEncoding(request.header("accept-encoding"), body.length);
  let compressed = rendering.compressed.get(encoding);
  if (compressed === undefined) {
    compressed = compress(body, encoding);
    rendering.compressed.set(encoding, compressed);
  }
  const bytes = await compressed;
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
