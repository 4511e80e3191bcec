import { randomUUID } from "node:crypto";
import { maxHeaderSize } from "node:http";
import accepts from "@fastify/accepts";
import helmet from "@fastify/helmet";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastify, { type FastifyBaseLogger } from "fastify";
import { httpMetrics } from "narthex/fastify";
import { anyOf, basic, bearer } from "narthex/http";
import { clientErrorHandler } from "./client-error.ts";
import { Connections } from "./connections.ts";
import { BODY_LIMIT, takeOnlyJson } from "./json-body.ts";
import { measureRequests } from "./metrics.ts";
import { answerUnmatched } from "./not-found.ts";
import { declareObjectives } from "./objectives.ts";
import { sendProblem } from "./problem.ts";
import { limitRate } from "./rate-limit.ts";
import { articles } from "./routes/articles.ts";
import { describeRoutes } from "./routes/docs.ts";
import { health } from "./routes/health.ts";
import { hello } from "./routes/hello.ts";
import type { ArticleStore } from "./store/article-store.ts";
import { validatorCompiler } from "./validation.ts";

declare module "fastify" {
  interface FastifyInstance {
    connections: Connections;
  }
}

/** How long a request may take to arrive. */
const REQUEST_TIMEOUT_MS = 60_000;
/** How long a connection may neither send nor take anything, as one whose client does not read. */
const IDLE_TIMEOUT_MS = 30_000;

/** Answers are data, from which a browser has nothing to load. Pages have a policy of their own. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
};

export interface AppOptions {
  store: ArticleStore;
  logger: FastifyBaseLogger;
  trustProxy: boolean | string[];
  /** What /metrics and /docs ask for, if anything. */
  metricsToken?: string | undefined;
  docsToken?: string | undefined;
  /** Requests a minute and client; 0 for no limit. */
  rateLimit?: number | undefined;
}

/** Builds the service on a given store; `main.ts` adds the database and the socket. */
export async function buildApp(options: AppOptions) {
  const { store, logger, trustProxy, metricsToken, docsToken, rateLimit } = options;
  const app = fastify({
    loggerInstance: logger,
    trustProxy,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    // Node already limits the header; Fastify's own limit would turn a long id into another error.
    routerOptions: { maxParamLength: maxHeaderSize },
    // Requests that still arrive on open connections during a shutdown are served, not refused.
    return503OnClosing: false,
    frameworkErrors: sendProblem,
    clientErrorHandler: clientErrorHandler((): Connections => app.connections),
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler(sendProblem);
  takeOnlyJson(app);
  answerUnmatched(app);
  await app.register(helmet, { contentSecurityPolicy });
  await app.register(accepts);

  await describeRoutes(app, docsToken);
  await app.register(httpMetrics, {
    live: true,
    ...(metricsToken !== undefined && {
      authorize: anyOf(bearer(metricsToken), basic({ metrics: metricsToken })),
    }),
  });
  declareObjectives();
  measureRequests(app);
  app.decorate("connections", new Connections(app));
  await limitRate(app, rateLimit);
  await app.register(hello);
  await app.register(articles, { store });
  await app.register(health, { store, isStopping: () => app.connections.draining });
  return app;
}
