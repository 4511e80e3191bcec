import { negotiate } from "../exposition/negotiate.ts";
import type { Exposition } from "../registry/expose.ts";
import type { Registry } from "../registry/registry.ts";
import { chooseEncoding, compress, type Encoding } from "./compress.ts";
import { namesOf, type ScrapeRequest, type ScrapeResponse, timeoutOf } from "./request.ts";

/** The part of Prometheus's timeout that collecting may use; the rest is for writing and sending. */
const DEADLINE_SHARE = 0.8;

/** One page under way, and what was packed of it so far. */
interface Rendering {
  readonly page: Promise<Exposition>;
  readonly packed: Map<Encoding, Promise<Uint8Array>>;
  /** How many scrapes wait for it. */
  waiting: number;
  /** Ends the work, where nobody waits any more. */
  readonly stop: () => void;
}

/**
 * The pages under way. Scrapes of the same page at the same time, as of two Prometheus servers, share
 * one.
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
   * @param left rejects where the client leaves
   */
  async respond(request: ScrapeRequest, left: Promise<never> | undefined): Promise<ScrapeResponse> {
    const rendering = this.#rendering(request);
    rendering.waiting += 1;
    const response = pack(rendering, request);
    try {
      return await (left === undefined ? response : Promise.race([response, left]));
    } finally {
      rendering.waiting -= 1;
      if (rendering.waiting === 0) {
        rendering.stop();
        // The slot is free once the work has really ended.
        await response.catch(() => {});
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
    let rendering = this.#underWay.get(key);
    if (rendering === undefined) {
      const createdSamples = this.#createdSamples;
      const controller = new AbortController();
      const { signal } = controller;
      const page = this.#registry.expose({ accept, names, deadlineMs, createdSamples, signal });
      // Not before it is done: who comes later wants newer values.
      const forget = () => {
        if (this.#underWay.get(key) === rendering) this.#underWay.delete(key);
      };
      page.then(forget, forget);
      rendering = {
        page,
        packed: new Map(),
        waiting: 0,
        stop() {
          forget();
          controller.abort();
        },
      };
      this.#underWay.set(key, rendering);
    }
    return rendering;
  }
}

async function pack(rendering: Rendering, request: ScrapeRequest): Promise<ScrapeResponse> {
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
