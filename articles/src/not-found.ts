import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";

/**
 * Answers requests that no route matches: 404, or 405 with `Allow` if only the method is wrong. Call
 * it before adding routes, as it only knows those that are added afterwards.
 */
export function answerUnmatched(app: FastifyInstance): void {
  const routes: { path: RegExp; methods: string[] }[] = [];

  app.addHook("onRoute", ({ url, method }) => {
    const path = url.replaceAll(/:[^/]+/g, "[^/]+").replaceAll("*", ".*");
    routes.push({ path: new RegExp(`^${path}$`), methods: [method].flat() });
  });

  function refuse({ url, method }: FastifyRequest): never {
    const path = url.split("?", 1)[0]!;
    const matching = routes.filter((route) => route.path.test(path));
    const allowed = matching.flatMap(({ methods }) => methods);
    // If a route accepts the method, the 404 came from its handler.
    if (allowed.length === 0 || allowed.includes(method)) {
      throw new Problem(404, `there is nothing at ${path}`);
    }
    const allow = [...new Set(allowed)].sort().join(", ");
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
