import { show, wrongArgument } from "../../errors.ts";
import { nodeModule } from "../../node-module.ts";
import type { Authorize } from "../options.ts";

/**
 * Allows requests with one of these bearer tokens to read the metrics; Prometheus sends one with
 * `authorization: { credentials: … }`. Tokens are compared in constant time.
 *
 * @example
 * app.use(httpMetrics({ authorize: bearer(process.env.METRICS_TOKEN ?? randomUUID()) }));
 */
export function bearer(...tokens: readonly string[]): Authorize {
  if (tokens.length === 0) throw wrongArgument("bearer()", "no token", "give at least one");
  for (const token of tokens) {
    if (!isSecret(token)) throw wrongArgument("bearer()", kindOf(token), TOKEN_RULE);
  }
  return authorizing("Bearer", "Bearer", tokens);
}

/**
 * Allows requests with one of these user names and its password to read the metrics; Prometheus sends
 * them with `basic_auth`. Both are compared in constant time.
 *
 * @example
 * app.use(httpMetrics({ authorize: basic({ prometheus: "a password" }) }));
 */
export function basic(passwords: Readonly<Record<string, string>>): Authorize {
  // The letters of a string would be passwords of names such as "0".
  if (!isPlainObject(passwords)) throw wrongArgument("basic()", kindOf(passwords), NAMES_RULE);
  const credentials = Object.entries(passwords).map(([name, password]) => {
    if (!isSecret(password)) {
      const given = `${kindOf(password)} for the name ${show(name)}`;
      throw wrongArgument(
        "basic()",
        given,
        "give each name a password, a string that is not empty",
      );
    }
    if (name.includes(":")) {
      throw wrongArgument("basic()", `the name ${show(name)}`, "use a name without a colon");
    }
    return Buffer.from(`${name}:${password}`).toString("base64");
  });
  if (credentials.length === 0) throw wrongArgument("basic()", "an empty object", NAMES_RULE);
  return authorizing("Basic", 'Basic realm="metrics", charset="UTF-8"', credentials);
}

/**
 * Allows requests that one of several checks allows: scrapers with a token, say, and people with a password,
 * as browsers can't send a bearer token for the live page. All `WWW-Authenticate` headers are sent as one.
 *
 * @example
 * const token = process.env.METRICS_TOKEN ?? randomUUID();
 * app.use(httpMetrics({ live: true, authorize: anyOf(bearer(token), basic({ ada: "a password" })) }));
 */
export function anyOf(...checks: readonly Authorize[]): Authorize {
  if (checks.length === 0) throw wrongArgument("anyOf()", "no check", "give at least one");
  for (const check of checks) {
    const rule = "use functions, as in anyOf(bearer(…), basic(…))";
    if (typeof check !== "function") throw wrongArgument("anyOf()", show(check), rule);
  }
  const authorize = async (request: Parameters<Authorize>[0]): Promise<boolean> => {
    for (const check of checks) if ((await check(request)) === true) return true;
    return false;
  };
  const challenges = checks.flatMap(({ challenge }) => challenge ?? []);
  return challenges.length === 0
    ? authorize
    : Object.assign(authorize, { challenge: challenges.join(", ") });
}

const TOKEN_RULE = "use tokens that are strings and not empty, as in bearer(token, nextToken)";
const NAMES_RULE = 'use an object of names and passwords, as in basic({ prometheus: "…" })';

function authorizing(scheme: string, challenge: string, secrets: readonly string[]): Authorize {
  const digests = secrets.map(digest);
  const start = new RegExp(`^${scheme} +`, "i");
  const authorize = (request: Parameters<Authorize>[0]): boolean => {
    const header = request.header("authorization");
    if (header === undefined || !start.test(header)) return false;
    const given = digest(header.replace(start, "").trim());
    // All are compared, because the time must not tell which one matched.
    return (
      digests.filter((secret) => nodeModule("crypto").timingSafeEqual(secret, given)).length > 0
    );
  };
  return Object.assign(authorize, { challenge });
}

/** All digests have the same length, which `timingSafeEqual` requires. */
function digest(text: string): Buffer {
  return nodeModule("crypto").createHash("sha256").update(text).digest();
}

function isSecret(value: unknown): boolean {
  return typeof value === "string" && value.length > 0;
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // That of all objects has none itself, also in another global scope.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a value is, as messages say it: the value may be a secret. */
function kindOf(value: unknown): string {
  if (value === "") return "an empty string";
  const isHidden = ["string", "number", "bigint", "symbol"].includes(typeof value);
  return isHidden ? `a ${typeof value}` : show(value);
}
