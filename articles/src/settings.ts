import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import type { DatabaseLocation } from "./store/database-location.ts";

export interface Settings {
  port: number;
  host: string;
  /** How many processes serve; with 1, this one does. */
  workers: number;
  database: DatabaseLocation;
  logLevel: LogLevel;
  /** How logs look; undefined: readable on a terminal, JSON elsewhere. */
  logFormat: LogFormat | undefined;
  /** Whose X-Forwarded-For to trust: nobody's, everybody's, or that of these proxies. */
  trustProxy: boolean | string[];
  /** What /metrics and /docs ask for; undefined where everybody may read them. */
  metricsToken: string | undefined;
  docsToken: string | undefined;
  /** How many requests a minute to take from one client; undefined: the default, 0: as many as come. */
  rateLimit: number | undefined;
  /** How long to go on answering after SIGTERM, so that balancers see that the service is not ready. */
  shutdownDelayMs: number;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
type LogLevel = (typeof logLevels)[number];

const logFormats = ["json", "pretty"] as const;
type LogFormat = (typeof logFormats)[number];

const MAX_WORKERS = 128;

/** An invalid setting. The message is one line for whoever runs the service. */
export class SettingError extends Error {
  override name = "SettingError";
}

/** Reads the settings from the environment; an empty variable counts as not set. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  return {
    port: readPort(env.PORT || "5000"),
    host: env.HOST || "127.0.0.1",
    workers: readWorkers(env.WORKERS || "1"),
    database: readDatabase(env.DATABASE_URL || "file:./data/articles.db"),
    logLevel: readChoice("LOG_LEVEL", env.LOG_LEVEL || "info", logLevels),
    logFormat: env.LOG_FORMAT ? readChoice("LOG_FORMAT", env.LOG_FORMAT, logFormats) : undefined,
    trustProxy: readTrustProxy(env.TRUST_PROXY || "false"),
    metricsToken: readToken("METRICS_TOKEN", env),
    docsToken: readToken("DOCS_TOKEN", env),
    rateLimit: env.RATE_LIMIT ? readRate(env.RATE_LIMIT) : undefined,
    shutdownDelayMs: readDelay(env.SHUTDOWN_DELAY_MS || "500"),
  };
}

function readPort(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    throw new SettingError(
      `PORT=${value} is not a port: use a whole number from 1 to 65535, or 0 for any free port`,
    );
  }
  return Number(value);
}

function readWorkers(value: string): number {
  if (value === "auto") return availableParallelism();
  if (!/^[1-9]\d{0,2}$/.test(value) || Number(value) > MAX_WORKERS) {
    throw new SettingError(
      `WORKERS=${value} is not a number of processes: use a whole number from 1 to ${MAX_WORKERS}, ` +
        "or auto for one on each processor",
    );
  }
  return Number(value);
}

function readChoice<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) {
    throw new SettingError(`${name}=${value} is not known: use one of ${choices.join(", ")}`);
  }
  return choice;
}

function readDatabase(value: string): DatabaseLocation {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value)?.[1]?.toLowerCase();
  // An "@" in the path means that the password contains an unencoded "/".
  const isUrl = URL.canParse(value) && !new URL(value).pathname.includes("@");
  if ((scheme === "postgres" || scheme === "postgresql") && isUrl) {
    return { kind: "postgres", url: value };
  }
  if (scheme === "file" || scheme === "sqlite") {
    const path = value.slice(scheme.length + 1);
    // As parts of a URL they are settings that we don't have, and such a file name is a mistake.
    const isPlain = !/[?#]/.test(path) && !path.startsWith(":");
    if (!isPlain) return refuseDatabase(scheme);
    if (path.startsWith("///")) return { kind: "file", path: path.slice(2) };
    if (path !== "" && !path.startsWith("//")) return { kind: "file", path };
  }
  return refuseDatabase(scheme);
}

function refuseDatabase(scheme: string | undefined): never {
  // Show only the scheme: the rest may contain a password.
  throw new SettingError(
    `DATABASE_URL=${scheme === undefined ? "" : `${scheme}:`}… is not a database: ` +
      "use postgres://user:password@host:5432/name (special characters percent-encoded), " +
      "file:./path or file:///absolute/path (without parameters)",
  );
}

/** A token that can be sent as `Authorization: Bearer`. Never shown. */
function readToken(name: string, env: Record<string, string | undefined>): string | undefined {
  const token = env[name] || undefined;
  if (token !== undefined && !/^[\w.~+/-]+=*$/.test(token)) {
    throw new SettingError(
      `${name}=… is not a token: use letters, digits and -._~+/ only, as \`openssl rand -hex 16\` makes one`,
    );
  }
  return token;
}

function readDelay(value: string): number {
  if (!/^\d{1,5}$/.test(value)) {
    throw new SettingError(
      `SHUTDOWN_DELAY_MS=${value} is not a time: use a whole number of milliseconds up to 99999`,
    );
  }
  return Number(value);
}

function readRate(value: string): number {
  if (!/^\d{1,9}$/.test(value)) {
    throw new SettingError(
      `RATE_LIMIT=${value} is not a rate: use a whole number of requests a minute, or 0 for no limit`,
    );
  }
  return Number(value);
}

const proxyRanges = ["loopback", "linklocal", "uniquelocal"];

function readTrustProxy(value: string): boolean | string[] {
  if (value === "true" || value === "false") return value === "true";
  const proxies = value.split(",").map((proxy) => proxy.trim());
  const wrong = proxies.find((proxy) => !proxyRanges.includes(proxy) && !isAddressRange(proxy));
  if (wrong !== undefined) {
    throw new SettingError(
      `TRUST_PROXY=${value}: "${wrong}" is not a proxy: use true, false, or a comma-separated list of ` +
        `addresses, CIDR ranges and ${proxyRanges.join(", ")}`,
    );
  }
  return proxies;
}

function isAddressRange(value: string): boolean {
  const [address = "", bits = "1", ...rest] = value.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  // A range of 0 bits would mean everybody, for which there is "true".
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
