import { createHash } from "node:crypto";
import type { FastifyPluginAsync } from "fastify";

const style = `
  :root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
  dt { margin-top: 1rem; }
  dd { margin: 0; opacity: 0.75; }
`;

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>articles</title>
<style>${style}</style>
<h1>Hello, World!</h1>
<p>This is the articles service.</p>
<dl>
  <dt><a href="/docs">/docs</a>
  <dd>its API, to read and to try
  <dt><a href="/articles">/articles</a>
  <dd>the articles, newest first
  <dt><a href="/metrics">/metrics</a>
  <dd>its metrics, live; to Prometheus they are text
  <dt><a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>
  <dd>whether it is alive, and ready for requests
</dl>
`;

/** What a browser may load for the page: its style, and nothing else. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    frameAncestors: ["'none'"],
    styleSrc: [`'sha256-${createHash("sha256").update(style).digest("base64")}'`],
  },
};

/** The front page: a line of text, or links for browsers. */
export const hello: FastifyPluginAsync = async (app) => {
  app.get(
    "/",
    {
      schema: { operationId: "hello", summary: "Says hello.", tags: ["service"] },
      helmet: { contentSecurityPolicy },
    },
    async (request, reply) => {
      reply.header("vary", "accept");
      // Of equal types the first is chosen, so that `*/*`, as curl and fetch send it, gets the text.
      const isBrowser = request.type(["text/plain", "text/html"]) === "text/html";
      return isBrowser
        ? reply.type("text/html; charset=utf-8").send(page)
        : reply.type("text/plain; charset=utf-8").send("Hello, World!");
    },
  );
};
