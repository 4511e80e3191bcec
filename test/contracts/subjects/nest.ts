import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import {
  Body,
  Controller,
  Get,
  HttpCode,
  type INestApplication,
  Module,
  Param,
  Post,
  Req,
  Sse,
  StreamableFile,
} from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory, RouterModule } from "@nestjs/core";
import { interval, map } from "rxjs";
import { HttpMetricsModule } from "../../../src/http/nest/index.ts";
import type { HttpMetricsOptions } from "../../../src/http/options.ts";
import { decorate, parameter } from "../../decorate.ts";
import { BIG_BYTES, big, dripping, failing, PLAIN, sizeOf } from "../bodies.ts";
import { intoServer } from "../inject.ts";
import type { RunningSubject } from "../subject.ts";

/** Listens on 127.0.0.1 with the routes of the contract, whatever Nest stands on. */
export async function startNest<Application extends INestApplication>(
  adapter: AbstractHttpAdapter,
  calls: readonly HttpMetricsOptions[],
  configure: (app: Application) => void = () => {},
): Promise<RunningSubject> {
  class App {}
  const imports = [
    ...calls.map((options) => HttpMetricsModule.forRoot(options)),
    V1,
    RouterModule.register([{ path: "api", children: [{ path: "v1", module: V1 }] }]),
  ];
  Module({ imports, controllers: [Routes] })(App);
  const app = await NestFactory.create<Application>(App, adapter, { logger: false });
  configure(app);
  app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (request.headers["x-refused"] === undefined) next();
    else response.writeHead(401).end();
  });
  await app.listen(0, "127.0.0.1");
  const server = app.getHttpServer();
  return { server, inject: intoServer(server), close: () => app.close() };
}

class Routes {
  plain() {
    return PLAIN;
  }

  files() {
    return "a file";
  }

  echo(body: unknown) {
    return body;
  }

  throws() {
    throw new Error("The handler of /throws throws.");
  }

  async rejects() {
    throw new Error("The promise of /rejects is rejected.");
  }

  silent() {
    return new Promise(() => {});
  }

  stream() {
    return new StreamableFile(Readable.from(dripping()));
  }

  events() {
    return interval(50).pipe(map((before) => ({ data: `event ${before + 1}` })));
  }

  fails() {
    return new StreamableFile(Readable.from(failing()));
  }

  big() {
    return new StreamableFile(Readable.from(big()), { length: BIG_BYTES });
  }

  async upload(request: IncomingMessage | { readonly raw: IncomingMessage }) {
    return String(await sizeOf("raw" in request ? request.raw : request));
  }
}

class Users {
  post(userId: string, postId: string) {
    return `${userId} ${postId}`;
  }

  broken() {
    throw new Error("The handler of /broken throws.");
  }
}

class V1 {}

Controller()(Routes);
decorate(Routes, "plain", Get("plain"));
decorate(Routes, "files", Get("files/*"));
decorate(Routes, "echo", Post("echo"), HttpCode(200), parameter(0, Body()));
decorate(Routes, "throws", Get("throws"));
decorate(Routes, "rejects", Get("rejects"));
decorate(Routes, "silent", Get("silent"));
decorate(Routes, "stream", Get("stream"));
decorate(Routes, "events", Sse("events"));
decorate(Routes, "fails", Get("fails"));
decorate(Routes, "big", Get("big"));
decorate(Routes, "upload", Post("upload"), HttpCode(200), parameter(0, Req()));
Controller("users/:userId")(Users);
decorate(
  Users,
  "post",
  Get("posts/:postId"),
  parameter(0, Param("userId")),
  parameter(1, Param("postId")),
);
decorate(Users, "broken", Get("broken"));
Module({ controllers: [Users] })(V1);
