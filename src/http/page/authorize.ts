import { createHash, timingSafeEqual } from "node:crypto";
import { invalidSetting } from "../../errors.ts";
import type { Authorize } from "../options.ts";

/**
 * Allows requests with one of these bearer tokens to read the metrics; Prometheus sends one with
 * `authorization: { credentials: … }`. Tokens are compared in constant time.
 *
 * @example
 * app.use(httpMetrics({ authorize: bearer(process.env.METRICS_TOKEN ?? randomUUID()) }));
 */
export function bearer(...tokens: readonly string[]): Authorize {
  if (tokens.length === 0) throw invalid("bearer", undefined, "give at least one token");
  for (const token of tokens) {
    if (!isSecret(token)) throw invalid("bearer", typeof token, "use a token that is not empty");
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
  const credentials = Object.entries(passwords).map(([name, password]) => {
    if (!isSecret(password)) throw invalid("basic", name, "give each name a password");
    if (name.includes(":")) throw invalid("basic", name, "a name can't have a colon");
    return Buffer.from(`${name}:${password}`).toString("base64");
  });
  if (credentials.length === 0) throw invalid("basic", passwords, "give at least one name");
  return authorizing("Basic", 'Basic realm="metrics", charset="UTF-8"', credentials);
}

function authorizing(scheme: string, challenge: string, secrets: readonly string[]): Authorize {
  const digests = secrets.map(digest);
  const start = new RegExp(`^${scheme} +`, "i");
  const authorize = (request: Parameters<Authorize>[0]): boolean => {
    const header = request.header("authorization");
    if (header === undefined || !start.test(header)) return false;
    const given = digest(header.replace(start, "").trim());
    // All are compared, because the time must not tell which one matched.
    return digests.filter((secret) => timingSafeEqual(secret, given)).length > 0;
  };
  return Object.assign(authorize, { challenge });
}

/** All digests have the same length, which `timingSafeEqual` requires. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function isSecret(value: unknown): boolean {
  return typeof value === "string" && value.length > 0;
}

/** The error for bad arguments; callers pass no secret as the value. */
function invalid(helper: string, value: unknown, rule: string): Error {
  return invalidSetting(`HTTP metrics, ${helper}()`, "authorize", value, rule);
}
