import type { FastifyPluginAsync } from "fastify";

/** The front page. */
export const hello: FastifyPluginAsync = async (app) => {
  app.get("/", { schema: { operationId: "hello", summary: "Says hello." } }, async (_, reply) =>
    reply.type("text/plain; charset=utf-8").send("Hello, World!"),
  );
};
