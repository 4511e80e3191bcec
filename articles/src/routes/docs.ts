import { createHash, timingSafeEqual } from "node:crypto";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, onRequestHookHandler } from "fastify";
import { Problem } from "../problem.ts";

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40">
  <text y="28" font-family="sans-serif" font-size="26" fill="#fff">articles</text>
</svg>`;
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
  <rect width="32" height="32" rx="6" fill="#c2410c"/>
  <path d="M8 10h16M8 16h16M8 22h10" stroke="#fff" stroke-width="3"/>
</svg>`;
const SVG = "image/svg+xml";

/**
 * Documents the routes that are added afterwards: /docs for people, /docs/json for programs. With
 * a token, it is the password (of any name) that /docs asks for, or the bearer token.
 */
export async function describeRoutes(app: FastifyInstance, token?: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "articles", description: "Articles, and their metrics.", version: "0.1.0" },
      tags: [
        { name: "articles", description: "What the service keeps." },
        { name: "service", description: "What the service tells about itself." },
      ],
    },
    // This route is Narthex's, which describes nothing.
    transform: ({ schema, url }) => ({
      schema:
        url === "/metrics" ? { tags: ["service"], summary: "What Prometheus reads." } : schema,
      url,
    }),
  });
  await app.register(async (docs) => {
    if (token !== undefined) docs.addHook("onRequest", requireToken(token));
    await docs.register(swaggerUi, {
      routePrefix: "/docs",
      logo: { type: SVG, content: logo, href: "/" },
      theme: {
        title: "articles",
        favicon: [{ filename: "icon.svg", rel: "icon", type: SVG, sizes: "any", content: icon }],
      },
      staticCSP: true,
      // Over plain HTTP a browser would look for its scripts in vain.
      transformStaticCSP: (policy) => policy.replace(/ ?upgrade-insecure-requests;/, ""),
    });
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
