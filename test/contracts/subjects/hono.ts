import { once } from "node:events";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Subject } from "../subject.ts";
import { honoApp } from "./hono-app.ts";

export const honoSubject: Subject = {
  name: "Hono",
  templates: {
    user: "/api/v1/users/:userId/posts/:postId",
    broken: "/api/v1/users/:userId/broken",
    wildcard: "/files/*",
  },
  async start(calls) {
    const app = honoApp(calls);
    const server = createAdaptorServer({ fetch: app.fetch, hostname: "127.0.0.1" }) as Server;
    await once(server.listen(0, "127.0.0.1"), "listening");
    return {
      server,
      inject: async (path) => app.request(path),
      close: () => once(server.close(), "close"),
    };
  },
};
