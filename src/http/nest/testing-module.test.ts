import { Controller, Get, type INestApplication, Module } from "@nestjs/common";
import type { AbstractHttpAdapter } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { Test } from "@nestjs/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { decorate } from "../../../test/decorate.ts";
import { Registry } from "../../registry/registry.ts";
import { HttpMetricsModule } from "./index.ts";

class Cats {
  all() {
    return "cats";
  }
}
Controller("cats")(Cats);
decorate(Cats, "all", Get());

/** The application that Nest's own templates test, as they make it. */
async function testedOn(adapter: AbstractHttpAdapter, registry: Registry) {
  class AppModule {}
  Module({ imports: [HttpMetricsModule.forRoot({ registry })], controllers: [Cats] })(AppModule);
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app: INestApplication = testing.createNestApplication(adapter, { logger: false });
  await app.init();
  onTestFinished(() => app.close());
  return app;
}

test.each([
  ["Express", () => new ExpressAdapter()],
  ["Fastify", () => new FastifyAdapter()],
] as const)("a testing module measures and serves the metrics on %s", async (_, adapter) => {
  const registry = new Registry();
  const app = await testedOn(adapter(), registry);
  await app.listen(0, "127.0.0.1");
  const url = await app.getUrl();
  expect(await (await fetch(`${url}/cats`)).text()).toBe("cats");
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
  await vi.waitFor(async () => {
    const page = await registry.text();
    expect(page.split("\n").filter((line) => line.startsWith("http_requests_total{"))).toEqual([
      'http_requests_total{method="GET",route="/cats",status_code="200",outcome="ok"} 1',
      'http_requests_total{method="GET",route="_unmatched",status_code="404",outcome="client_error"} 1',
    ]);
  });
});

test("a module that is compiled without an application is left alone", async () => {
  class AppModule {}
  Module({ imports: [HttpMetricsModule.forRoot({ registry: new Registry() })] })(AppModule);
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
  await expect(testing.init()).resolves.toBe(testing);
  await testing.close();
});
