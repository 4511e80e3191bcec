import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";

/**
 * Answers 404 to what no route matches, and 405 with Allow where only the method is wrong. Only
 * routes that are added afterwards are known.
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
    // A route that does take the method has found nothing itself.
    if (allowed.length === 0 || allowed.includes(method)) {
      throw new Problem(404, `there is nothing at ${path}`);
    }
    const allow = [...new Set(allowed)].sort().join(", ");
    throw new Problem(405, `${path} does not take ${method}, only ${allow}`, {
      headers: { allow },
    });
  }

  // Before the body is read: what it holds, and whether it is too large, no longer matters.
  app.addHook("preParsing", async (request) => {
    if (request.is404) refuse(request);
  });
  app.setNotFoundHandler(refuse);
}
