import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { invalidSetting } from "../errors.ts";
import { guard, reportFailure } from "./guard.ts";
import type { HttpMetricsOptions, MonitorOptions } from "./options.ts";
import { MetricsEndpoint } from "./page/endpoint.ts";
import { warnOfOneWorker } from "./page/one-worker.ts";
import { leaveMetricsServer, startMetricsServer } from "./page/server.ts";
import { HttpRecorder } from "./record/recorder.ts";
import { type Message, requestOf, requestOrNew, setRouteOf } from "./request/find.ts";
import { Http2Request } from "./request/http2-request.ts";
import type { MeasuredRequest } from "./request/measured-request.ts";
import { NodeRequest } from "./request/node-request.ts";
import { UpgradeRequest } from "./request/upgrade-request.ts";
import { servers } from "./server/servers.ts";
import type { Watcher } from "./server/watch.ts";
import { httpOptions, servingSettings } from "./settings.ts";

type FindRoute<Context> = (context: Context) => string | undefined;

/** What the adapters of all frameworks on Node's HTTP are made of. Of its methods none throws. */
export class NodeHttpMetrics {
  readonly recorder: HttpRecorder;
  /** The page, where the application itself serves it. */
  readonly endpoint: MetricsEndpoint | undefined;
  /** The server of the metrics, where they have a port of their own. */
  readonly server: Server | undefined;
  readonly #page: MetricsEndpoint | undefined;
  readonly #measureScrapes: boolean;

  /** @throws where an option is bad */
  constructor(given: HttpMetricsOptions) {
    const options = httpOptions(given);
    const { isServed, port, host, measureScrapes } = servingSettings(options);
    const page = isServed ? new MetricsEndpoint(options) : undefined;
    this.recorder = new HttpRecorder(options);
    this.#measureScrapes = measureScrapes;
    this.#page = page;
    if (port === undefined) this.endpoint = page;
    else if (page !== undefined) this.server = startMetricsServer(page, { port, host });
    // From now on, Node tells of requests.
    servers();
  }

  /** Stops serving the metrics on their own port, as the application is closed. */
  stop(): void {
    if (this.server !== undefined && this.#page !== undefined) {
      leaveMetricsServer(this.server, this.#page);
    }
  }

  /**
   * Measures a request that came by a middleware. From now on its server is watched, too, so that its
   * other requests are measured from their heads on.
   *
   * @param findRoute finds the route from `context` once the request has ended
   */
  measure<Context>(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
    findRoute?: FindRoute<Context>,
    context?: Context,
  ): void {
    try {
      const measured = requestOrNew(request, () => newRequest(request, response));
      this.#join(measured, request);
      if (findRoute !== undefined) measured.routedBy(findRoute, context as Context);
    } catch (error) {
      reportFailure(error);
    }
  }

  /** Measures a request to upgrade its connection, where that comes by a middleware as well. */
  measureUpgrade<Context>(
    request: IncomingMessage,
    findRoute: FindRoute<Context>,
    context: Context,
  ): void {
    guard(() => {
      const make = () => new UpgradeRequest(request, request.socket);
      const measured = requestOrNew(request, make);
      this.#join(measured, request);
      measured.routedBy(findRoute, context);
    });
  }

  /** Whether a URL is the one of the metrics. */
  serves(url: string): boolean {
    return this.endpoint?.isAt(url) === true;
  }

  /** Notes that a request is a scrape: it is not measured unless that was asked for. */
  noteScrape(message: Message): void {
    guard(() => {
      warnOfOneWorker(this.recorder.registry);
      if (this.#measureScrapes) requestOf(message)?.routedBy(pathOfEndpoint, this.endpoint);
      else requestOf(message)?.leave(this.recorder);
    });
  }

  #join(measured: MeasuredRequest, request: IncomingMessage | Http2ServerRequest): void {
    const { recorder } = this;
    if (measured.joinInstead(recorder)) servers().watchServerOf(request, { recorder });
  }
}

/** What `monitor` of every framework works with: its metrics always have a server of their own. */
export interface MonitoringHttpMetrics extends NodeHttpMetrics {
  readonly server: Server;
}

/** @throws where an option is bad, and where there is no port: the application's own may be public */
export function monitoring(given: MonitorOptions): MonitoringHttpMetrics {
  const options = httpOptions(given);
  if (options.port === undefined) throw invalidSetting("monitor", "port", undefined, PORT_RULE);
  return new NodeHttpMetrics(options) as MonitoringHttpMetrics;
}

const PORT_RULE =
  "use a port from 0 to 65535, such as 9464, or httpMetrics for the application's own port";

/**
 * A watcher for servers themselves: all their requests are measured, and the page is answered in front
 * of their listeners.
 *
 * @param findRoute finds the route from the request itself, where the framework leaves it there
 */
export function watcherInFront(
  http: NodeHttpMetrics,
  findRoute?: FindRoute<IncomingMessage>,
): Watcher {
  const { recorder, endpoint } = http;
  return {
    recorder,
    ...(endpoint && { path: endpoint.path }),
    answers(request, response) {
      if (http.serves(request.url ?? "/")) {
        http.measure(request, response);
        http.noteScrape(request);
        void endpoint?.send(request, response);
        return true;
      }
      if (findRoute !== undefined) setRouteOf(request, findRoute, request);
      return false;
    },
  };
}

function newRequest(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): MeasuredRequest {
  if ("stream" in request) return new Http2Request(request.stream, request.headers);
  return NodeRequest.late(request, response as ServerResponse);
}

function pathOfEndpoint(endpoint: MetricsEndpoint | undefined): string | undefined {
  return endpoint?.path;
}
