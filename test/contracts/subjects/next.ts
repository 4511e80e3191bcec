import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import { httpMetrics } from "../../../src/http/next/index.ts";
import { servers } from "../../../src/http/server/servers.ts";
import { intoServer } from "../inject.ts";
import { NEXT_APP } from "../next-build.ts";
import type { Subject } from "../subject.ts";

const USERS = "/api/v1/users/[userId]";

/** Next in servers of one's own; the environment says which build they serve. */
export const nextSubject: Subject = {
  name: "Next",
  templates: {
    user: `${USERS}/posts/[postId]`,
    broken: `${USERS}/broken`,
    wildcard: "/files/[...path]",
  },
  differences: {
    "a request that a guard refuses has the route that would have taken it": {
      reason: "Next has no table of routes to ask: it looks for the route as it answers",
      counted: { "GET _unmatched 401 client_error": 2 },
    },
    "requests that come by no socket": {
      reason: "Next makes its server itself, so that it is known from its first connection on",
      counted: {},
    },
  },
  async start(calls) {
    const listener = await nextListener();
    const server = createServer((request, response) => {
      if (request.headers["x-refused"] === undefined) listener(request, response);
      else response.writeHead(401).end();
    });
    for (const options of calls) httpMetrics(options);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return {
      server,
      inject: intoServer(server),
      async close() {
        await once(server.close(), "close");
        forgetWatchers();
      },
    };
  },
};

/** What watches the whole process has no end of its own; each scenario brings its own. */
function forgetWatchers(): void {
  servers().watchers.length = 0;
}

let prepared: Promise<RequestListener> | undefined;

function nextListener(): Promise<RequestListener> {
  prepared ??= prepare();
  return prepared;
}

/** What is used of Next: its own types would be seen in every file, as they change process.env. */
type CreateNext = (options: {
  readonly dir: string;
  readonly dev: boolean;
  readonly quiet: boolean;
}) => {
  prepare(): Promise<void>;
  getRequestHandler(): RequestListener;
};

async function prepare(): Promise<RequestListener> {
  const next: CreateNext = createRequire(import.meta.url)("next");
  const app = next({ dir: NEXT_APP, dev: false, quiet: true });
  await app.prepare();
  // Those of the application's own instrumentation.js.
  forgetWatchers();
  return app.getRequestHandler();
}
