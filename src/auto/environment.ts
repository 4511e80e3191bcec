import { isIP } from "node:net";
import type { Authorize } from "../http/options.ts";
import { bearer } from "../http/page/authorize.ts";
import { type Environment, EnvironmentReader } from "./environment-reader.ts";

/** How an application is instrumented without touching its code. */
export interface AutoSettings {
  readonly isDisabled: boolean;
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly authorize: Authorize;
  readonly conventions: "prometheus" | "opentelemetry";
  readonly exclude: readonly string[];
  readonly streamAfterSeconds: number;
  /** Whether the process and Node itself are measured. */
  readonly runtime: boolean;
  /** Whether outgoing requests are measured. */
  readonly outgoing: boolean;
}

/** The settings in the variables `NARTHEX_*`; what is wrong there is said. */
export function readSettings(
  environment: Environment,
  say: (message: string) => void,
): AutoSettings {
  const from = new EnvironmentReader(environment, say);
  return {
    isDisabled: from.flag("NARTHEX_DISABLED", false),
    port: from.read("NARTHEX_PORT", 9464, portIn, "use a port from 0 to 65535"),
    host: from.read("NARTHEX_HOST", "127.0.0.1", hostIn, "use an address of this machine"),
    path: from.read("NARTHEX_PATH", "/metrics", pathIn, `use ${A_PATH}`),
    authorize: authorizeFrom(environment.NARTHEX_BEARER_TOKEN, say),
    conventions: from.read(
      "NARTHEX_CONVENTIONS",
      "prometheus",
      conventionsIn,
      "use prometheus or opentelemetry",
    ),
    exclude: from.list(
      "NARTHEX_EXCLUDE",
      isPath,
      `use paths with commas between them, each ${A_PATH}`,
    ),
    streamAfterSeconds: from.read(
      "NARTHEX_STREAM_AFTER_SECONDS",
      10,
      secondsIn,
      "use a number of seconds from 0",
    ),
    runtime: from.flag("NARTHEX_RUNTIME", true),
    outgoing: from.flag("NARTHEX_OUTGOING", true),
  };
}

const A_PATH = "a path that begins with a slash, without a query";

function portIn(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port < 65_536 ? port : undefined;
}

function hostIn(text: string): string | undefined {
  return isIP(text) > 0 || /^[\w.-]+$/.test(text) ? text : undefined;
}

function isPath(text: string): boolean {
  return /^\/[^\s?#]*$/.test(text);
}

function pathIn(text: string): string | undefined {
  return isPath(text) ? text : undefined;
}

function conventionsIn(text: string): AutoSettings["conventions"] | undefined {
  return text === "prometheus" || text === "opentelemetry" ? text : undefined;
}

function secondsIn(text: string): number | undefined {
  const seconds = Number(text);
  return seconds >= 0 && seconds < Number.POSITIVE_INFINITY ? seconds : undefined;
}

/** A token that is there but empty is a mistake that must not open the metrics to everyone. */
function authorizeFrom(token: string | undefined, say: (message: string) => void): Authorize {
  if (token === undefined) return () => true;
  const secret = token.trim();
  if (secret !== "") return bearer(secret);
  say(
    "NARTHEX_BEARER_TOKEN is empty: give it a token, or unset it. Nobody may read the metrics now.",
  );
  return () => false;
}
