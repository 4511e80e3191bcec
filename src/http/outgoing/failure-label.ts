import { getSystemErrorMap } from "node:util";

/** What a request that its own program gave up is labelled with: by a signal, say. */
export const ABORTED = "aborted";

/** A request that a signal gave up after a time; other timeouts have codes of their own. */
const TIMED_OUT = "timeout";

const OTHER = "_other";

/** Codes of systems, name services and certificates, as node spells them. */
const KNOWN_CODES: ReadonlySet<string> = new Set([
  ...[...getSystemErrorMap().values()].map(([name]) => name),
  "ENOTFOUND",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "HOSTNAME_MISMATCH",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Codes of undici, of node's HTTP parser, and of node itself, which come with new versions. */
const KNOWN_FAMILIES = /^(?:UND_ERR|HPE|ERR)_[A-Z0-9_]{1,60}$/;

/** The label of what made a request fail: a code that is known, as programs can make up others. */
export function failureLabel(error: unknown): string {
  const { name, code, cause } = (error ?? {}) as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly cause?: { readonly name?: unknown };
  };
  if (name === "TimeoutError") return TIMED_OUT;
  if (name === "AbortError") return cause?.name === "TimeoutError" ? TIMED_OUT : ABORTED;
  if (typeof code !== "string") return OTHER;
  return KNOWN_CODES.has(code) || KNOWN_FAMILIES.test(code) ? code : OTHER;
}
