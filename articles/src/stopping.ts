import type { FastifyInstance } from "fastify";

/**
 * Makes every answer of an application that is closing close its connection too: one that was kept
 * alive would have to be waited for. Returns how to ask whether it is closing.
 */
export function noticeStopping(app: FastifyInstance): () => boolean {
  let stopping = false;
  app.addHook("preClose", async () => {
    stopping = true;
  });
  app.addHook("onSend", async (_request, reply) => {
    if (stopping) reply.header("connection", "close");
  });
  return () => stopping;
}
