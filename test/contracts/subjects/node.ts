import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { httpMetrics, setRoute } from "../../../src/http/node/index.ts";
import { BIG_BYTES, big, dripping, events, failing, PLAIN, sizeOf } from "../bodies.ts";
import { intoServer } from "../inject.ts";
import type { Subject } from "../subject.ts";

const USERS = "/api/v1/users/:userId";

export const nodeSubject: Subject = {
  name: "node:http",
  templates: {
    user: `${USERS}/posts/:postId`,
    broken: `${USERS}/broken`,
    wildcard: "/files/*",
  },
  differences: {
    "a request that a guard refuses has the route that would have taken it": {
      reason: "node:http has no routes, and the guard does not set one",
      counted: { "GET _unmatched 401 client_error": 2 },
    },
  },
  async start(calls) {
    const server = createServer((request, response) => {
      answer(request, response).catch(() => {
        if (!response.headersSent) response.writeHead(500).end();
      });
    });
    for (const options of calls) httpMetrics(server, options);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return { server, inject: intoServer(server), close: () => once(server.close(), "close") };
  },
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers["x-refused"] !== undefined) return void response.writeHead(401).end();
  const method = request.method === "HEAD" ? "GET" : request.method;
  const [path = ""] = (request.url ?? "").split("?");
  for (const { template, pattern, handle, ...route } of ROUTES) {
    const match = route.method === method ? pattern.exec(path) : null;
    if (match === null) continue;
    setRoute(request, template);
    await handle(request, response, match.slice(1));
    return;
  }
  response.writeHead(404).end();
}

type Handle = (
  request: IncomingMessage,
  response: ServerResponse,
  parameters: readonly string[],
) => unknown;

interface Route {
  readonly method: string;
  readonly template: string;
  readonly pattern: RegExp;
  readonly handle: Handle;
}

const ROUTES: readonly Route[] = [
  route("GET", "/plain", (_, response) => response.end(PLAIN)),
  route("GET", `${USERS}/posts/:postId`, (_, response, parameters) =>
    response.end(parameters.join(" ")),
  ),
  route("GET", `${USERS}/broken`, () => {
    throw new Error("The handler of /broken throws.");
  }),
  route("GET", "/files/*", (_, response) => response.end("a file")),
  route("POST", "/echo", async (request, response) => {
    const body = await json(request).catch(() => undefined);
    response.writeHead(body === undefined ? 400 : 200).end(JSON.stringify(body));
  }),
  route("GET", "/throws", () => {
    throw new Error("The handler of /throws throws.");
  }),
  route("GET", "/rejects", async () => {
    throw new Error("The promise of /rejects is rejected.");
  }),
  route("GET", "/silent", () => {}),
  route("GET", "/stream", (_, response) => pipeline(Readable.from(dripping()), response)),
  route("GET", "/events", (_, response) =>
    pipeline(Readable.from(events()), response.setHeader("content-type", "text/event-stream")),
  ),
  route("GET", "/fails", (_, response) => pipeline(Readable.from(failing()), response)),
  route("GET", "/big", (_, response) =>
    pipeline(Readable.from(big()), response.setHeader("content-length", BIG_BYTES)),
  ),
  route("POST", "/upload", async (request, response) =>
    response.end(String(await sizeOf(request))),
  ),
];

function route(method: string, template: string, handle: Handle): Route {
  const pattern = template.replace(/:\w+/g, "([^/]+)").replace("*", ".*");
  return { method, template, pattern: new RegExp(`^${pattern}$`), handle };
}
