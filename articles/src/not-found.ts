import { maxHeaderSize } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import findMyWay, { type HTTPMethod } from "find-my-way";
import { Problem } from "./problem.ts";

/**
 * Answers requests that no route matches: 404, or 405 with `Allow` if only the method is wrong. Call
 * it before adding routes, as it only knows those that are added afterwards.
 */
export function answerUnmatched(app: FastifyInstance): void {
  // Fastify can look up a route by its template only, so this is another router with the same routes.
  const router = findMyWay({ maxParamLength: maxHeaderSize });
  const known = new Set<HTTPMethod>();

  app.addHook("onRoute", ({ url, method }) => {
    for (const each of [method].flat() as HTTPMethod[]) {
      known.add(each);
      if (!router.hasRoute(each, url)) router.on(each, url, () => {});
    }
  });

  function refuse({ url, method }: FastifyRequest): never {
    const path = url.split("?", 1)[0]!;
    const allowed = [...known].filter((each) => router.find(each, path) !== null);
    // If a route accepts the method, the 404 came from its handler.
    if (allowed.length === 0 || (allowed as string[]).includes(method)) {
      throw new Problem(404, `there is nothing at ${path}`);
    }
    const allow = allowed.sort().join(", ");
    throw new Problem(405, `${path} does not take ${method}, only ${allow}`, {
      headers: { allow },
    });
  }

  // Runs before the body is read, so that an invalid or too large body can't change the answer.
  app.addHook("preParsing", async (request) => {
    if (request.is404) refuse(request);
  });
  app.setNotFoundHandler(refuse);
}
