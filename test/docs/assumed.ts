/** Declarations by the names that they declare. */
type Declarations = Readonly<Record<string, string>>;

/** Declarations that the examples in docstrings leave out. */
const EVERYWHERE: Declarations = {
  answerBytes:
    'const answerBytes = (await import("narthex")).metrics.summary({ name: "answer_bytes", help: "Answers.", labels: ["route"] });',
  currentTraceId: 'const currentTraceId = () => "4bf92f3577b34da6a3ce929d0e0e4736";',
  depth:
    'const depth = (await import("narthex")).metrics.gauge({ name: "queue_depth", help: "Jobs waiting.", labels: ["queue"] });',
  jobSeconds:
    'const jobSeconds = (await import("narthex")).metrics.histogram({ name: "job_seconds", help: "Jobs.", labels: ["queue", "outcome"] });',
  latency:
    'const latency = (await import("narthex")).metrics.histogram({ name: "query_seconds", help: "Queries.", labels: ["op"] });',
  posted:
    'const posted = (await import("narthex")).metrics.counter({ name: "articles_posted", help: "Articles posted.", labels: ["category"] });',
  sendMail: 'const sendMail = async () => "sent";',
  db: "const db = { query: async (sql: string) => [sql] };",
  expect: `import assert from "node:assert/strict";
const matching = async (...wanted: unknown[]) => assert.ok(wanted.length > 0);
const all = (actual: unknown) => ({
  toBe: (wanted: unknown) => assert.equal(actual, wanted),
  toEqual: (wanted: unknown) => assert.deepEqual(actual, wanted),
  toHaveSample: matching,
  not: { toHaveFamily: matching },
});
const expect = Object.assign(all, { extend: (matchers: object) => assert.ok(matchers) });`,
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

/** Declarations for the examples of one entry; they override those above. */
const IN_ENTRY: Readonly<Record<string, Declarations>> = {
  "narthex/express": { app: EXPRESS },
  "narthex/fastify": { app: 'import fastify from "fastify";\nconst app = fastify();' },
  "narthex/hono": { app: 'import { Hono } from "hono";\nconst app = new Hono();' },
  "narthex/http": {
    app: EXPRESS,
    // The tests run without a network.
    fetch: "const fetch = async (url: string) => new Response(url);",
    httpMetrics: 'import { httpMetrics } from "narthex/express";',
    randomUUID: 'import { randomUUID } from "node:crypto";',
  },
  "narthex/koa": { app: 'import Koa from "koa";\nconst app = new Koa();' },
  "narthex/nest": {
    AppModule: "class AppModule {}",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code of the example.
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
  "narthex/pushgateway": {
    gateway:
      'const gateway = new (await import("narthex/pushgateway")).Pushgateway("http://127.0.0.1:9091", { job: "backup", fetch: async () => new Response() });',
  },
  "narthex/serve": { app: 'import { Hono } from "hono";\nconst app = new Hono();' },
};

/** The declarations that the docstring examples of an entry leave out. */
export function assumedIn(entry: string): Declarations {
  return { ...EVERYWHERE, ...IN_ENTRY[entry] };
}
