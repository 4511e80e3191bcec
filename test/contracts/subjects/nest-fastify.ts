import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import type { Subject } from "../subject.ts";
import { startNest } from "./nest.ts";

export const nestFastifySubject: Subject = {
  name: "Nest on Fastify",
  templates: {
    user: "/api/v1/users/:userId/posts/:postId",
    broken: "/api/v1/users/:userId/broken",
    wildcard: "/files/*",
  },
  start: (calls) =>
    startNest<NestFastifyApplication>(new FastifyAdapter(), calls, (app) => {
      const fastify = app.getHttpAdapter().getInstance();
      fastify.addContentTypeParser("application/octet-stream", (_request, body, done) =>
        done(null, body),
      );
    }),
};
