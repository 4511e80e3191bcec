import "reflect-metadata";
import { Controller, Get, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import sayWhere from "./say-where.cjs";

class Users {
  find() {
    return "ok";
  }
}
const find = Object.getOwnPropertyDescriptor(Users.prototype, "find");
Controller("users")(Users);
Get(":id")(Users.prototype, "find", /** @type {PropertyDescriptor} */ (find));

class App {}
Module({ controllers: [Users] })(App);

const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
await app.setGlobalPrefix("api").listen(0, "127.0.0.1");
sayWhere(app.getHttpServer());
