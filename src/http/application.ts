import { show, wrongArgument } from "../errors.ts";
import { isObject } from "../options.ts";

type Entry = "node" | "express" | "koa" | "hono" | "fastify" | "nest";

/** How the applications of each entry are told from others; those of Nest first, as they have `use`, too. */
const IS_ITS: Readonly<Record<Entry, (app: unknown) => boolean>> = {
  nest: (app) => has(app, "getHttpAdapter"),
  fastify: (app) => has(app, "addHook"),
  express: (app) => typeof app === "function" && has(app, "use"),
  hono: (app) => has(app, "fetch") && has(app, "use"),
  koa: (app) => has(app, "callback") && has(app, "use"),
  node: (app) => has(app, "address"),
};

/**
 * Fails where JavaScript gives `monitor` something else than an application of its framework. What only
 * has `use`, such as a wrapper of an application, may be one of Express, Koa or Hono.
 */
export function checkApplication(entry: Entry, app: unknown): void {
  const found = entryOf(app);
  const isWrapper = found === undefined && has(app, "use");
  // Nest's own application passes middlewares of Express on.
  if (found === entry || (found === "nest" && entry === "express")) return;
  if (isWrapper && ["express", "koa", "hono"].includes(entry)) return;
  throw wrong(
    "monitor",
    entry,
    app,
    "pass the application first, as in monitor(app, { port: 9464 })",
  );
}

/** The same for what measures a server of Node's. */
export function checkServer(call: "httpMetrics" | "monitor", server: unknown): void {
  if (IS_ITS.node(server)) return;
  const example = call === "monitor" ? "monitor(server, { port: 9464 })" : "httpMetrics(server)";
  throw wrong(call, "node", server, `pass the server first, as in ${example}`);
}

function wrong(call: string, entry: Entry, given: unknown, rule: string): Error {
  const found = entryOf(given);
  const what = `${call}() of narthex/${entry}`;
  if (found === undefined || found === entry) return wrongArgument(what, show(given), rule);
  const kind = found === "node" ? "a server of Node's" : "an application of another framework";
  return wrongArgument(what, kind, `use narthex/${found}`);
}

function entryOf(app: unknown): Entry | undefined {
  return (Object.keys(IS_ITS) as Entry[]).find((entry) => IS_ITS[entry](app));
}

function has(app: unknown, method: string): boolean {
  if (!isObject(app) && typeof app !== "function") return false;
  return typeof Reflect.get(app, method) === "function";
}
