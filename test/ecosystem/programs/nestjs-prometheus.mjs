import "reflect-metadata";
import { Controller, Get, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import {
  getToken,
  makeCounterProvider,
  makeHistogramProvider,
  PrometheusModule,
} from "@willsoto/nestjs-prometheus";
import { ask } from "./ask.mjs";

class Users {
  constructor(visits, sizes) {
    this.visits = visits;
    this.sizes = sizes;
  }
  list() {
    this.visits.inc({ kind: "list" });
    this.sizes.observe(3);
    return [];
  }
}
Controller("users")(Users);
Get()(Users.prototype, "list", Object.getOwnPropertyDescriptor(Users.prototype, "list"));
Reflect.defineMetadata(
  "self:paramtypes",
  [
    { index: 0, param: getToken("visits") },
    { index: 1, param: getToken("list_size") },
  ],
  Users,
);
class App {}
Module({
  imports: [PrometheusModule.register({ defaultLabels: { app: "shop" } })],
  controllers: [Users],
  providers: [
    makeCounterProvider({ name: "visits", help: "Visits.", labelNames: ["kind"] }),
    makeHistogramProvider({ name: "list_size", help: "Sizes.", buckets: [1, 2.5, 5] }),
  ],
})(App);
const app = await NestFactory.create(App, { logger: ["error"] });
await app.listen(0, "127.0.0.1");
await ask(app.getHttpServer(), ["GET /users", "GET /users", "GET /missing"]);
