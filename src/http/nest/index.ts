import type { IncomingMessage, Server } from "node:http";
import type {
  DynamicModule,
  FactoryProvider,
  HttpServer,
  INestApplication,
  ModuleMetadata,
  OnApplicationShutdown,
  OnModuleInit,
  Provider,
} from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import { type Advice, knownOptions, type OptionNames } from "../../options.ts";
import { monitoring, NodeHttpMetrics, watcherInFront } from "../adapter.ts";
import { checkApplication } from "../application.ts";
import { expressRoute } from "../express/route.ts";
import { measureFastify } from "../fastify/requests.ts";
import type { HttpMetricsOptions, MonitorOptions } from "../options.ts";
import { setRouteOf } from "../request/find.ts";
import { servers } from "../server/servers.ts";

export type { Authorize, HttpMetricsOptions, MonitorOptions } from "../options.ts";
export type { HttpRequest } from "../request/http-request.ts";

/** Options that other providers have a part in. */
export interface HttpMetricsAsyncOptions
  extends Pick<ModuleMetadata, "imports">,
    Pick<FactoryProvider<HttpMetricsOptions>, "inject" | "useFactory"> {}

const ASYNC_OPTIONS: OptionNames<HttpMetricsAsyncOptions> = {
  imports: true,
  inject: true,
  useFactory: true,
};

const ADVICE: Advice = { useClass: "use useFactory", useExisting: "use inject and useFactory" };

const OPTIONS = Symbol("narthex.http.options");
const MEASURING = Symbol("narthex.http.measuring");

/**
 * Measures every request of a Nest application, on Express or on Fastify, and answers
 * `GET /metrics` in front of its middlewares, guards and prefixes.
 *
 * @example
 * const imports = [HttpMetricsModule.forRoot()]; // of the application's module
 */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest knows modules by their class.
export class HttpMetricsModule {
  /**
   * The module with the given options, for `imports` of the root module alone: it measures the whole
   * application.
   *
   * @throws where an option is bad, when the application starts
   */
  static forRoot<const Label extends string = never>(
    options: HttpMetricsOptions<Label> = {},
  ): DynamicModule {
    return moduleWith({ provide: OPTIONS, useValue: options });
  }

  /**
   * The same with options that come from other providers.
   *
   * @example
   * HttpMetricsModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ path: config.get("METRICS_PATH") }),
   * });
   */
  static forRootAsync(given: HttpMetricsAsyncOptions): DynamicModule {
    const known = knownOptions("HttpMetricsModule.forRootAsync", given, ASYNC_OPTIONS, ADVICE);
    const { imports = [], ...options } = known;
    return { imports, ...moduleWith({ provide: OPTIONS, ...options }) };
  }
}

function moduleWith(options: Provider<HttpMetricsOptions>): DynamicModule {
  const measuring: FactoryProvider<NestMeasuring> = {
    provide: MEASURING,
    inject: [HttpAdapterHost, OPTIONS],
    useFactory: (host: HttpAdapterHost, options: HttpMetricsOptions) =>
      new NestMeasuring(host, new NodeHttpMetrics(options)),
  };
  return { module: HttpMetricsModule, providers: [options, measuring] };
}

/**
 * `HttpMetricsModule` with the metrics on a server of their own, which it returns; it stops with the
 * application. Call it before the application listens.
 *
 * @example
 * const app = await NestFactory.create(AppModule);
 * monitor(app, { port: 9464 });
 */
export function monitor<const Label extends string = never>(
  app: INestApplication,
  options: MonitorOptions<Label>,
): Server {
  checkApplication("nest", app);
  const http = monitoring(options);
  const measuring = new NestMeasuring({ httpAdapter: app.getHttpAdapter() }, http);
  measuring.onModuleInit();
  app.getHttpServer().once("close", () => measuring.onApplicationShutdown());
  return http.server;
}

/** What Nest gives the adapter of an application to, once there is one. */
interface AdapterHost {
  readonly httpAdapter?: HttpServer | undefined;
}

/** The measuring of one application, which Nest tells when the application starts and stops. */
class NestMeasuring implements OnModuleInit, OnApplicationShutdown {
  readonly #host: AdapterHost;
  readonly #http: NodeHttpMetrics;

  constructor(host: AdapterHost, http: NodeHttpMetrics) {
    this.#host = host;
    this.#http = http;
  }

  /**
   * Only now is there a server on Express, and an adapter in a module of `@nestjs/testing`. An
   * application that serves no HTTP has none.
   */
  onModuleInit(): void {
    const adapter = this.#host.httpAdapter;
    const platform = adapter?.getType();
    if (platform === "fastify") {
      const app = adapter?.getInstance();
      measureFastify(app, this.#http, watcherInFront(this.#http));
    } else if (adapter !== undefined && platform === "express") {
      noteUnmatched(adapter);
      // Users may start servers of their own with Nest's application.
      servers().watchTwins(adapter.getHttpServer(), watcherInFront(this.#http, expressRoute));
    }
  }

  onApplicationShutdown(): void {
    this.#http.stop();
  }
}

/**
 * Express takes Nest's middlewares for routes, and handlers, too, that pass a request on because its
 * version is not theirs: only Nest's last handler knows that nothing took it.
 */
function noteUnmatched(adapter: HttpServer): void {
  const { setNotFoundHandler } = adapter;
  adapter.setNotFoundHandler = (handler, ...rest) => {
    const noting = (request: IncomingMessage, ...others: unknown[]) => {
      setRouteOf(request, noRoute, undefined);
      return handler(request, ...others);
    };
    return setNotFoundHandler?.call(adapter, noting, ...rest);
  };
}

function noRoute(): undefined {}
