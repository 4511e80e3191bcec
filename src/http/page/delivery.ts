import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerResponse, ServerHttp2Stream } from "node:http2";
import type { ScrapeResponse } from "../../scrape/request.ts";
import type { Delivery } from "../../scrape/scraper.ts";
import type { HttpRequest } from "../request/http-request.ts";

/** A response of Node's, with HTTP/1 or HTTP/2. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** @param response Node's own response; undefined where the server uses the fetch API */
export function deliveryOf({ raw }: HttpRequest, response: NodeResponse | undefined): Delivery {
  if (response === undefined) return fetchDelivery(raw);
  if ("stream" in response) return streamDelivery(response.stream);
  return messageDelivery(raw as IncomingMessage, response);
}

function messageDelivery(request: IncomingMessage, response: ServerResponse): Delivery {
  return {
    tellsWhenSent: true,
    onEnd(ended) {
      const end = () => ended(response.writableFinished);
      if (response.destroyed || response.writableEnded) return end();
      response.once("finish", end).once("close", end);
      // A response that waits for earlier ones of its connection does not hear of the connection's end.
      request.once("close", () => {
        if (request.socket?.destroyed !== false) end();
      });
    },
    abort: () => response.destroy(),
  };
}

function streamDelivery(stream: ServerHttp2Stream): Delivery {
  return {
    tellsWhenSent: true,
    onEnd(ended) {
      const end = () => ended(stream.writableFinished);
      if (stream.destroyed || stream.writableEnded) return end();
      stream.once("finish", end).once("close", end);
    },
    abort: () => stream.destroy(),
  };
}

/** The fetch API tells when a client leaves, and does not tell when a response has been sent. */
function fetchDelivery(raw: HttpRequest["raw"]): Delivery {
  return {
    tellsWhenSent: false,
    onEnd(ended) {
      const signal = "signal" in raw ? raw.signal : undefined;
      if (signal?.aborted) ended(false);
      else signal?.addEventListener("abort", () => ended(false), { once: true });
    },
    abort() {},
  };
}

export function fetchResponse({ status, headers, body }: ScrapeResponse): Response {
  return new Response(body as Uint8Array<ArrayBuffer> | string, { status, headers });
}
