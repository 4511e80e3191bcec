import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { Problem, problemResponses } from "../problem.ts";
import type { ArticleStore } from "../store/article-store.ts";

const CHECK_TIMEOUT_MS = 2_000;
/** How long a check answers for later probes: each writes to the disk, and anybody may ask. */
const CHECK_AGE_MS = 1_000;

const NO_ANSWER = "the database does not answer";

const status = Type.Object({ status: Type.Literal("ok") });

interface HealthOptions {
  store: ArticleStore;
  isStopping: () => boolean;
}

/** Probes for an orchestrator: whether the service is alive, and whether to send it requests. */
export const health: FastifyPluginAsync<HealthOptions> = async (app, { store, isStopping }) => {
  app.get(
    "/healthz",
    {
      schema: {
        operationId: "healthz",
        summary: "Is it alive?",
        tags: ["service"],
        response: { 200: status },
      },
    },
    async () => ({ status: "ok" }),
  );

  const checkDatabase = shared(CHECK_AGE_MS, async () => {
    await store.ping().catch(notReady(NO_ANSWER));
    await store.checkWrites().catch(notReady("the database takes no writes"));
  });

  app.get(
    "/readyz",
    {
      schema: {
        operationId: "readyz",
        tags: ["service"],
        summary: "Can it serve requests? Reads and writes in the database.",
        response: { 200: status, ...problemResponses },
      },
    },
    async ({ log }) => {
      if (isStopping()) throw new Problem(503, "the service is stopping");
      try {
        await withDeadline(checkDatabase(), CHECK_TIMEOUT_MS);
      } catch (error) {
        log.warn({ err: error }, "not ready");
        throw error;
      }
      return { status: "ok" };
    },
  );
};

function notReady(reason: string): (cause: unknown) => never {
  return (cause) => {
    throw new Problem(503, reason, { cause });
  };
}

/** Runs `check` once for all who ask while it runs, or within `ageMs` after its end. */
function shared(ageMs: number, check: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  const forget = () => {
    running = undefined;
  };
  return () => {
    running ??= check().finally(() => setTimeout(forget, ageMs).unref());
    return running;
  };
}

async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem(503, NO_ANSWER)), ms);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
