import { randomUUID } from "node:crypto";
import { maxHeaderSize } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastify, { type FastifyBaseLogger } from "fastify";
import { httpMetrics } from "narthex/fastify";
import { answerClientError } from "./client-error.ts";
import { BODY_LIMIT, takeOnlyJson } from "./json-body.ts";
import { measureRequests } from "./metrics.ts";
import { answerUnmatched } from "./not-found.ts";
import { sendProblem } from "./problem.ts";
import { articles } from "./routes/articles.ts";
import { describeRoutes } from "./routes/docs.ts";
import { health } from "./routes/health.ts";
import { hello } from "./routes/hello.ts";
import { noticeStopping } from "./stopping.ts";
import type { ArticleStore } from "./store/article-store.ts";
import { validatorCompiler } from "./validation.ts";

const REQUEST_TIMEOUT_MS = 60_000;

interface AppOptions {
  store: ArticleStore;
  logger: FastifyBaseLogger;
  trustProxy: boolean | string[];
}

/** Builds the service on a given store; `main.ts` adds the database and the socket. */
export async function buildApp({ store, logger, trustProxy }: AppOptions) {
  const app = fastify({
    loggerInstance: logger,
    trustProxy,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    // Node already limits the header; Fastify's own limit would turn a long id into another error.
    routerOptions: { maxParamLength: maxHeaderSize },
    // Requests that still arrive on open connections during a shutdown are served, not refused.
    return503OnClosing: false,
    frameworkErrors: sendProblem,
    clientErrorHandler: answerClientError,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler(sendProblem);
  takeOnlyJson(app);
  answerUnmatched(app);
  const isStopping = noticeStopping(app);

  await describeRoutes(app);
  await app.register(httpMetrics);
  measureRequests(app);
  await app.register(hello);
  await app.register(articles, { store });
  await app.register(health, { store, isStopping });
  return app;
}
