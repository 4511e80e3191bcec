import { Readable } from "node:stream";
import fastify, { type FastifyInstance, type FastifyPluginAsync } from "fastify";
import { httpMetrics } from "../../../src/http/fastify/index.ts";
import { BIG_BYTES, big, dripping, events, failing, PLAIN, sizeOf } from "../bodies.ts";
import type { Subject } from "../subject.ts";

export const fastifySubject: Subject = {
  name: "Fastify",
  templates: {
    user: "/api/v1/users/:userId/posts/:postId",
    broken: "/api/v1/users/:userId/broken",
    wildcard: "/files/*",
  },
  async start(calls) {
    const app = fastify();
    for (const options of calls) await app.register(httpMetrics, options);
    app.addHook("onRequest", async ({ headers }, reply) =>
      headers["x-refused"] === undefined ? undefined : reply.code(401).send(),
    );
    addRoutes(app);
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { server: app.server, inject: (path) => app.inject(path), close: () => app.close() };
  },
};

function addRoutes(app: FastifyInstance): void {
  app.get("/plain", async () => PLAIN);
  app.register(async (api) => api.register(v1, { prefix: "/v1" }), { prefix: "/api" });
  app.get("/files/*", async () => "a file");
  app.post("/echo", async (request) => request.body);
  app.get("/throws", () => {
    throw new Error("The handler of /throws throws.");
  });
  app.get("/rejects", async () => {
    throw new Error("The promise of /rejects is rejected.");
  });
  app.get("/silent", () => new Promise(() => {}));
  app.get("/stream", (_, reply) => reply.send(Readable.from(dripping())));
  app.get("/events", (_, reply) => reply.type("text/event-stream").send(Readable.from(events())));
  app.get("/fails", (_, reply) => reply.send(Readable.from(failing())));
  app.get("/big", (_, reply) =>
    reply.header("content-length", BIG_BYTES).send(Readable.from(big())),
  );
  app.addContentTypeParser("application/octet-stream", (_, payload, done) => done(null, payload));
  app.post<{ Body: Readable }>("/upload", async (request) => String(await sizeOf(request.body)));
}

const v1: FastifyPluginAsync = async (app) => {
  await app.register(users, { prefix: "/users/:userId" });
};

const users: FastifyPluginAsync = async (app) => {
  app.get<{ Params: { userId: string; postId: string } }>(
    "/posts/:postId",
    async ({ params }) => `${params.userId} ${params.postId}`,
  );
  app.get("/broken", () => {
    throw new Error("The handler of /broken throws.");
  });
};
