import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { Problem, problemResponses } from "../problem.ts";
import type { ArticleStore } from "../store/article-store.ts";

const PING_TIMEOUT_MS = 2_000;

const status = Type.Object({ status: Type.Literal("ok") });

interface HealthOptions {
  store: ArticleStore;
  isStopping: () => boolean;
}

/** Probes for an orchestrator: whether the service is alive, and whether to send it requests. */
export const health: FastifyPluginAsync<HealthOptions> = async (app, { store, isStopping }) => {
  app.get(
    "/healthz",
    { schema: { operationId: "healthz", summary: "Is it alive?", response: { 200: status } } },
    async () => ({ status: "ok" }),
  );

  app.get(
    "/readyz",
    {
      schema: {
        operationId: "readyz",
        summary: "Can it serve requests? Asks the database.",
        response: { 200: status, ...problemResponses },
      },
    },
    async ({ log }) => {
      if (isStopping()) throw new Problem(503, "the service is stopping");
      try {
        await withDeadline(store.ping(), PING_TIMEOUT_MS);
      } catch (error) {
        log.warn({ err: error }, "the database does not answer");
        throw new Problem(503, "the database does not answer");
      }
      return { status: "ok" };
    },
  );
};

async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
