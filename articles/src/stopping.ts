import type { FastifyInstance } from "fastify";

/**
 * Makes every response close its connection once the application is closing, as connections that are
 * kept alive would delay the shutdown. Returns a function that tells whether it is closing.
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
