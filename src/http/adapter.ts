import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { HttpMetricsOptions } from "./options.ts";
import { MetricsEndpoint } from "./page/endpoint.ts";
import { checkPort, leaveMetricsServer, startMetricsServer } from "./page/server.ts";
import { HttpRecorder } from "./record/recorder.ts";
import type { MeasuredRequest } from "./request/measured-request.ts";
import { measurementOf } from "./request/node-request.ts";
import { upgradeMeasurementOf } from "./request/upgrade-request.ts";
import { watchProcess, watchServerOf } from "./server/server-watch.ts";

/** What every adapter for a framework on Node's HTTP is made of. */
export class NodeHttpMetrics {
  readonly recorder: HttpRecorder;
  /** The page, where the application itself serves it. */
  readonly endpoint: MetricsEndpoint | undefined;
  /** The server of the metrics, where they have a port of their own. */
  readonly server: Server | undefined;
  readonly #page: MetricsEndpoint | undefined;
  readonly #measuresScrapes: boolean;

  constructor(options: HttpMetricsOptions) {
    const { path, port, host, measureScrapes = false } = options;
    const hasOwnPort = port !== undefined;
    if (hasOwnPort) checkPort(port);
    const page = path === false && !hasOwnPort ? undefined : new MetricsEndpoint(options);
    this.recorder = new HttpRecorder(options);
    this.#measuresScrapes = measureScrapes;
    this.#page = page;
    if (!hasOwnPort) this.endpoint = page;
    else if (page !== undefined) this.server = startMetricsServer(page, { port, host });
    watchProcess();
  }

  /** Serves the metrics on their own port no longer; the application is closed. */
  stop(): void {
    if (this.server !== undefined && this.#page !== undefined) {
      leaveMetricsServer(this.server, this.#page);
    }
  }

  /** Measures a request that came by a middleware; from now on its server is watched, too. */
  measure(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): MeasuredRequest {
    return this.#join(measurementOf(request, response), request);
  }

  /** Measures a request to upgrade its connection, where that comes by a middleware as well. */
  measureUpgrade(request: IncomingMessage): MeasuredRequest {
    return this.#join(upgradeMeasurementOf(request, request.socket), request);
  }

  /** Whether a URL is the one of the metrics. */
  serves(url: string): boolean {
    return this.endpoint?.isAt(url) === true;
  }

  /** A request turned out to be a scrape: it is not measured unless that was asked for. */
  noteScrape(measured: MeasuredRequest): void {
    if (this.#measuresScrapes) measured.routedBy(pathOfEndpoint, this.endpoint);
    else measured.leave(this.recorder);
  }

  #join(measured: MeasuredRequest, request: IncomingMessage | Http2ServerRequest): MeasuredRequest {
    if (measured.join(this.recorder)) watchServerOf(request, { recorder: this.recorder });
    return measured;
  }
}

function pathOfEndpoint(endpoint: MetricsEndpoint | undefined): string | undefined {
  return endpoint?.path;
}
