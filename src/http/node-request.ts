import type { IncomingMessage, ServerResponse } from "node:http";
import { type Outcome, type RequestMetrics, UNMATCHED_ROUTE } from "./request-metrics.ts";

/** What nginx logs for a client that left before the answer, and dashboards know. */
const CLIENT_LEFT = 499;

const MEASURED = Symbol("narthex.request");

interface MeasuredMessage extends IncomingMessage {
  [MEASURED]?: MeasuredRequest;
}

/** A request of a Node server under measurement. The framework's adapter tells it its route. */
export class MeasuredRequest {
  route = UNMATCHED_ROUTE;
  readonly #metrics: RequestMetrics;
  readonly #method: string;
  readonly #start = performance.now();
  #isIgnored = false;
  /** The whole response was handed to the system. */
  finished = false;

  constructor(metrics: RequestMetrics, method: string) {
    this.#metrics = metrics;
    this.#method = method;
    metrics.begin();
  }

  /** It is not to be measured after all: the metrics page itself, say. */
  ignore(): void {
    if (this.#isIgnored) return;
    this.#isIgnored = true;
    this.#metrics.ignore();
  }

  end(response: ServerResponse): void {
    if (this.#isIgnored) return;
    const seconds = (performance.now() - this.#start) / 1000;
    const outcome = outcomeOf(response, this.finished);
    const status = outcome === "aborted" ? CLIENT_LEFT : response.statusCode;
    this.#metrics.end(this.#method, this.route, status, outcome, seconds);
  }
}

/** Starts to measure a request, or gives the measurement that has begun already. */
export function measure(
  metrics: RequestMetrics,
  request: IncomingMessage,
  response: ServerResponse,
): MeasuredRequest {
  const message: MeasuredMessage = request;
  if (message[MEASURED] !== undefined) return message[MEASURED];
  const measured = new MeasuredRequest(metrics, request.method ?? "");
  message[MEASURED] = measured;
  // `close` comes once: after `finish`, or instead of it.
  response.once("finish", () => {
    measured.finished = true;
  });
  response.once("close", () => measured.end(response));
  return measured;
}

function outcomeOf(response: ServerResponse, finished: boolean): Outcome {
  if (!finished) return response.headersSent ? "aborted_response" : "aborted";
  if (response.statusCode >= 500) return "server_error";
  return response.statusCode >= 400 ? "client_error" : "ok";
}
