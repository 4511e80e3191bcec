/** Declarations by the names that they give. */
type Declarations = Readonly<Record<string, string>>;

/** What the docstrings' examples assume around them. */
const EVERYWHERE: Declarations = {
  currentTraceId: 'const currentTraceId = () => "4bf92f3577b34da6a3ce929d0e0e4736";',
  db: "const db = { query: async (sql: string) => [sql] };",
  expect: `import assert from "node:assert/strict";
const expect = (actual: unknown) => ({
  toBe: (wanted: unknown) => assert.equal(actual, wanted),
  toEqual: (wanted: unknown) => assert.deepEqual(actual, wanted),
});`,
  registry: `import { Registry } from "narthex";
const registry = new Registry();
const articlesPosted = registry.counter({
  name: "articles_posted",
  help: "Articles posted.",
  labels: ["category"],
});
articlesPosted.inc({ category: "news" }, 3);
articlesPosted.inc({ category: "sport" }, 1);`,
  post: "const post = (labels: { category: string }) => articlesPosted.inc(labels);",
  request: 'const request = { headers: { accept: "text/plain" } };',
  sink: "const sink = { gauge: (...sample: unknown[]) => sample };",
};

const EXPRESS = 'import express from "express";\nconst app = express();';

/** What the examples of an entry assume besides, or instead. */
const IN_ENTRY: Readonly<Record<string, Declarations>> = {
  "narthex/express": { app: EXPRESS },
  "narthex/fastify": { app: 'import fastify from "fastify";\nconst app = fastify();' },
  "narthex/hono": { app: 'import { Hono } from "hono";\nconst app = new Hono();' },
  "narthex/http": {
    app: EXPRESS,
    // Examples are run where there is no network.
    fetch: "const fetch = async (url: string) => new Response(url);",
    httpMetrics: 'import { httpMetrics } from "narthex/express";',
    randomUUID: 'import { randomUUID } from "node:crypto";',
  },
  "narthex/koa": { app: 'import Koa from "koa";\nconst app = new Koa();' },
  "narthex/nest": {
    AppModule: "class AppModule {}",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one of the example's.
    ConfigService: "class ConfigService {\n  get = (name: string) => `/${name}`;\n}",
    NestFactory: 'import { NestFactory } from "@nestjs/core";',
  },
  "narthex/node": {
    createServer: 'import { createServer } from "node:http";',
    request: `import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
const request = new IncomingMessage(new Socket());`,
    server: 'import { createServer } from "node:http";\nconst server = createServer();',
  },
};

/** What the docstrings' examples of an entry assume around them. */
export function assumedIn(entry: string): Declarations {
  return { ...EVERYWHERE, ...IN_ENTRY[entry] };
}
