import { once } from "node:events";
import type { Counts } from "../counts.ts";
import type { Difference } from "../difference.ts";
import { fetchServer } from "../fetch-server.ts";
import type { Subject } from "../subject.ts";
import { honoApp } from "./hono-app.ts";

const PLAIN = { "GET /plain 200 ok": 1 };
const SILENT = { "GET /silent 499 aborted": 1 };

export const honoFetchSubject: Subject = {
  name: "Hono on the fetch API",
  templates: {
    user: "/api/v1/users/:userId/posts/:postId",
    broken: "/api/v1/users/:userId/broken",
    wildcard: "/files/*",
  },
  differences: {
    "50 methods that node's parser refuses": unseen(PLAIN),
    "garbage before any good request": unseen(PLAIN),
    "garbage after a good request on the same connection": unseen(PLAIN),
    "garbage behind a request that is not answered yet": unseen(SILENT),
    "half a head": unseen(PLAIN),
    "a request without a host": unseen(PLAIN),
    "an unknown expectation": unseen(PLAIN),
    "headers that are too long": unseen(PLAIN),
    "a tunnel that nobody opens": unseen(PLAIN),
    "secrets of requests are nowhere in the page": unseen({
      ...PLAIN,
      "GET /api/v1/users/:userId/posts/:postId 200 ok": 1,
      "GET _unmatched 404 client_error": 1,
    }),
    "pipelined requests whose client leaves before the first is answered": {
      reason: "that an answer's turn has not come is the server's affair",
      counted: { ...SILENT, "GET /plain 200 ok": 4 },
    },
  },
  leavesOut: [
    "an upgraded connection",
    "an upgraded connection that is reset",
    "an upgrade on a connection that had other requests",
    "a refused upgrade",
    "an upgrade that is dropped without an answer",
    "any mixture of it all at once",
  ],
  async start(calls) {
    const app = honoApp(calls);
    const server = fetchServer(app.fetch);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return {
      server,
      inject: async (path) => app.request(path),
      close: () => once(server.close(), "close"),
    };
  },
};

function unseen(counted: Counts): Difference {
  return { reason: "the server does not show it to the fetch API", counted };
}
