import { once } from "node:events";
import type { Server } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type express from "express";
import type { Express, Request, Response } from "express";
import { httpMetrics } from "../../../src/http/express/index.ts";
import { BIG_BYTES, big, dripping, events, failing, PLAIN, sizeOf } from "../bodies.ts";
import { intoListener } from "../inject.ts";
import type { Subject } from "../subject.ts";

type ExpressModule = typeof express;

/** @param wildcard as the version writes it */
export function expressSubject(name: string, express: ExpressModule, wildcard: string): Subject {
  return {
    name,
    templates: {
      user: "/api/v1/users/:userId/posts/:postId",
      broken: "/api/v1/users/:userId/broken",
      wildcard,
    },
    async start(calls) {
      const app = express();
      // Without it Express prints every error, which is what many scenarios are about.
      app.set("env", "test");
      for (const options of calls) app.use(httpMetrics(options));
      app.use(({ headers }, response, next) => {
        if (headers["x-refused"] === undefined) next();
        else response.sendStatus(401);
      });
      app.use("/api", api(express));
      addRoutes(app, express, wildcard);
      const server: Server = app.listen(0, "127.0.0.1");
      await once(server, "listening");
      return {
        server,
        inject: intoListener(app),
        close: () => once(server.close(), "close"),
      };
    },
  };
}

function api(express: ExpressModule): Express {
  const users = express.Router({ mergeParams: true });
  users.get("/posts/:postId", (request: Request, response) => {
    response.send(`${request.params.userId} ${request.params.postId}`);
  });
  users.get("/broken", () => {
    throw new Error("The handler of /broken throws.");
  });
  const v1 = express.Router();
  v1.use("/users/:userId", users);
  const app = express();
  app.use("/v1", v1);
  return app;
}

function addRoutes(app: Express, express: ExpressModule, wildcard: string): void {
  app.get("/plain", (_, response) => void response.send(PLAIN));
  app.get(wildcard, (_, response) => void response.send("a file"));
  app.post("/echo", express.json(), (request, response) => void response.json(request.body));
  app.get("/throws", () => {
    throw new Error("The handler of /throws throws.");
  });
  app.get("/rejects", (_request, _response, next) => {
    // Express 4 has to be told.
    Promise.reject(new Error("The promise of /rejects is rejected.")).catch(next);
  });
  app.get("/silent", () => {});
  app.get("/stream", (_, response) => send(response, dripping()));
  app.get("/events", (_, response) => send(response.type("text/event-stream"), events()));
  app.get("/fails", (_, response) => send(response, failing()));
  app.get("/big", (_, response) => send(response.set("content-length", String(BIG_BYTES)), big()));
  app.post("/upload", async (request, response) => {
    try {
      response.send(String(await sizeOf(request)));
    } catch {
      // The client left; nobody reads an answer.
    }
  });
}

async function send(response: Response, body: AsyncIterable<Uint8Array>): Promise<void> {
  // What fails, the pipeline breaks off; there is nobody else to tell.
  await pipeline(Readable.from(body), response).catch(() => {});
}
