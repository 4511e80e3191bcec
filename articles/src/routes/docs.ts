import { createHash, timingSafeEqual } from "node:crypto";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, onRequestHookHandler } from "fastify";
import { Problem } from "../problem.ts";

/**
 * Documents the routes that are added afterwards: /docs for people, /docs/json for programs. With
 * a token, it is the password (of any name) that /docs asks for, or the bearer token.
 */
export async function describeRoutes(app: FastifyInstance, token?: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "articles", description: "Articles, and their metrics.", version: "0.1.0" },
    },
  });
  await app.register(async (docs) => {
    if (token !== undefined) docs.addHook("onRequest", requireToken(token));
    await docs.register(swaggerUi, { routePrefix: "/docs" });
  });
}

function requireToken(token: string): onRequestHookHandler {
  const expected = digest(token);
  return (request, _reply, done) => {
    const [, scheme = "", credentials = ""] =
      /^(basic|bearer) +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const isBasic = scheme.toLowerCase() === "basic";
    const sent = isBasic
      ? Buffer.from(credentials, "base64")
          .toString()
          .replace(/^[^:]*:/, "")
      : credentials;
    if (timingSafeEqual(digest(sent), expected)) return done();
    const headers = { "www-authenticate": 'Basic realm="docs", charset="UTF-8"' };
    done(new Problem(401, "/docs needs the token of the setting DOCS_TOKEN", { headers }));
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
