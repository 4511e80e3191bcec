import { getSystemErrorMap } from "node:util";
import { OTHER } from "../record/label-values.ts";

/** The labels that metrics of outgoing requests can have, by the names that options call them. */
export type OutgoingLabel =
  | "method"
  /** `example.com`, `127.0.0.1:8080`: as the request gives it, without the default port. */
  | "host"
  | "server_address"
  | "server_port"
  /** `http` or `https` */
  | "scheme"
  | "status_code"
  /** Why the request failed; empty if it did not. */
  | "error";

/** What labels are computed from. */
export interface OutgoingFacts {
  readonly method: string;
  readonly server: ServerLabels;
  readonly status: string;
  readonly error: string;
}

export const OUTGOING_LABELS: {
  readonly [Label in OutgoingLabel]: (facts: OutgoingFacts) => string;
} = {
  method: ({ method }) => method,
  host: ({ server }) => server.host,
  server_address: ({ server }) => server.address,
  server_port: ({ server }) => server.port,
  scheme: ({ server }) => server.scheme,
  status_code: ({ status }) => status,
  error: ({ error }) => error,
};

/** The server of a request, as labels name it. */
export interface ServerLabels {
  /** `example.com`, `127.0.0.1:8080`: without the default port of its scheme. */
  readonly host: string;
  readonly address: string;
  readonly port: string;
  readonly scheme: string;
}

/** Stands for servers past the limit, and for origins that name no server. */
export const OTHER_SERVER: ServerLabels = { host: OTHER, address: OTHER, port: "", scheme: "" };

/** A name in the DNS has at most 253 characters; the port follows. */
const MAX_LENGTH = 253 + ":65535".length;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

const MAX_KNOWN = 1000;

/** A cache, because parsing an origin takes as long as everything else that is done for a request. */
const known = new Map<string, ServerLabels>();

/** @param origin a URL, of which only scheme, host and port get into labels */
export function serverOf(origin: string): ServerLabels {
  const before = known.get(origin);
  if (before !== undefined) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const server = parsed(origin);
  known.set(origin, server);
  return server;
}

function parsed(origin: string): ServerLabels {
  let url: URL;
  try {
    url = new URL(origin);
  } catch {
    return OTHER_SERVER;
  }
  const { host, hostname, port, protocol } = url;
  if (host === "" || host.length > MAX_LENGTH) return OTHER_SERVER;
  return {
    host,
    address: hostname.replace(/^\[|\]$/g, ""),
    port: port || (DEFAULT_PORTS[protocol] ?? ""),
    scheme: protocol.slice(0, -1),
  };
}

/** The `error` of a request that the program aborted, by a signal for example. */
export const ABORTED = "aborted";

/** The `error` of a request that `AbortSignal.timeout` aborted; other timeouts have codes. */
const TIMED_OUT = "timeout";

/** Codes of operating systems, name servers and certificates, as Node spells them. */
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

/** Prefixes of undici, Node's HTTP parser and Node itself, whose new versions bring new codes. */
const KNOWN_FAMILIES = /^(?:UND_ERR|HPE|ERR)_[A-Z0-9_]{1,60}$/;

/** The `error` of a request. Only known codes are used, because programs can make up any others. */
export function failureLabel(error: unknown): string {
  try {
    return labelOf((error ?? {}) as Failure);
  } catch {
    // A program may abort a request with an error of its own that throws when it is read.
    return OTHER;
  }
}

interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly cause?: { readonly name?: unknown } | null;
}

function labelOf({ name, code, cause }: Failure): string {
  if (name === "TimeoutError") return TIMED_OUT;
  if (name === "AbortError") return cause?.name === "TimeoutError" ? TIMED_OUT : ABORTED;
  if (typeof code !== "string") return OTHER;
  return KNOWN_CODES.has(code) || KNOWN_FAMILIES.test(code) ? code : OTHER;
}
