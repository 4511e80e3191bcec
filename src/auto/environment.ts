import { isIP } from "node:net";
import { show } from "../errors.ts";
import type { Authorize } from "../http/options.ts";
import { bearer } from "../http/page/authorize.ts";
import { didYouMean } from "../near-miss.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What `narthex/auto` measures, and where it serves the metrics. */
export interface AutoSettings {
  readonly isDisabled: boolean;
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly authorize: Authorize;
  readonly conventions: "prometheus" | "opentelemetry";
  readonly exclude: readonly string[];
  /** Labels of every series. */
  readonly constantLabels: Readonly<Record<string, string>>;
  readonly streamAfterSeconds: number;
  /** What the processes have in common that show one page; workers of a cluster and of PM2 need none. */
  readonly group: string | undefined;
  /** Whether the process and Node itself are measured. */
  readonly runtime: boolean;
  /** Whether outgoing requests are measured. */
  readonly outgoing: boolean;
  /** Whether a browser gets the live page; undefined for the default of `httpMetrics`. */
  readonly live: boolean | undefined;
}

/** Reads the settings from the variables `NARTHEX_*`, and reports wrong ones. */
export function readSettings(
  environment: Environment,
  say: (message: string) => void,
): AutoSettings {
  const from = new EnvironmentReader(environment, say);
  const settings = {
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
    constantLabels: labelsIn(
      from.list("NARTHEX_LABELS", isLabel, "use name=value, with commas between labels"),
    ),
    streamAfterSeconds: from.read(
      "NARTHEX_STREAM_AFTER_SECONDS",
      10,
      secondsIn,
      "use a number of seconds from 0",
    ),
    group: from.read<string | undefined>("NARTHEX_GROUP", undefined, (name) => name, "use a name"),
    runtime: from.flag("NARTHEX_RUNTIME", true),
    outgoing: from.flag("NARTHEX_OUTGOING", true),
    live: from.read<boolean | undefined>("NARTHEX_LIVE", undefined, flagIn, "use on or off"),
  };
  from.reportUnknown(["NARTHEX_BEARER_TOKEN"]);
  return settings;
}

/** Variables that Kubernetes and Docker's links set in a container if another service is named narthex. */
const OF_A_SERVICE = /^NARTHEX_(SERVICE_(HOST|PORT)|PORT_\d+_|NAME$|ENV_)/;

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

function isLabel(text: string): boolean {
  return /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*=./.test(text);
}

function labelsIn(entries: readonly string[]): AutoSettings["constantLabels"] {
  return Object.fromEntries(
    entries.map((entry) => {
      const end = entry.indexOf("=");
      return [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}

function conventionsIn(text: string): AutoSettings["conventions"] | undefined {
  return text === "prometheus" || text === "opentelemetry" ? text : undefined;
}

function secondsIn(text: string): number | undefined {
  const seconds = Number(text);
  return seconds >= 0 && seconds < Number.POSITIVE_INFINITY ? seconds : undefined;
}

/** An empty token is a mistake, which must not open the metrics to everyone. */
function authorizeFrom(token: string | undefined, say: (message: string) => void): Authorize {
  if (token === undefined) return () => true;
  const secret = token.trim();
  if (secret !== "") return bearer(secret);
  say(
    "NARTHEX_BEARER_TOKEN is empty: give it a token, or unset it. Nobody may read the metrics now.",
  );
  return () => false;
}

const FLAGS = new Map([
  ...["on", "true", "1", "yes"].map((word) => [word, true] as const),
  ...["off", "false", "0", "no"].map((word) => [word, false] as const),
]);

function flagIn(text: string): boolean | undefined {
  return FLAGS.get(text.toLowerCase());
}

/**
 * Reads settings from environment variables. A wrong value is reported, and the default is used; an
 * empty one counts as not set.
 */
class EnvironmentReader {
  readonly #environment: Environment;
  readonly #say: (message: string) => void;
  /** The variables that were read. */
  readonly #known = new Set<string>();

  constructor(environment: Environment, say: (message: string) => void) {
    this.#environment = environment;
    this.#say = say;
  }

  /**
   * @param parse returns undefined for a wrong value
   * @param rule says what would be right
   */
  read<Value>(
    name: string,
    byDefault: Value,
    parse: (text: string) => Value | undefined,
    rule: string,
  ): Value {
    this.#known.add(name);
    const text = this.#environment[name]?.trim();
    if (!text) return byDefault;
    const value = parse(text);
    if (value !== undefined) return value;
    const shown = typeof byDefault === "boolean" ? onOrOff(byDefault) : byDefault;
    this.#say(`${name} is ${show(text)}: ${rule}. It is ${shown} now, as if it were not set.`);
    return byDefault;
  }

  flag(name: string, byDefault: boolean): boolean {
    return this.read(name, byDefault, flagIn, "use on or off");
  }

  /** A list with commas between its entries; wrong entries are reported and left out. */
  list(name: string, isRight: (entry: string) => boolean, rule: string): readonly string[] {
    this.#known.add(name);
    const entries = (this.#environment[name] ?? "").split(",").map((entry) => entry.trim());
    return entries.filter((entry) => {
      if (entry === "" || isRight(entry)) return entry !== "";
      this.#say(`${name} has ${show(entry)}: ${rule}. It is left out.`);
      return false;
    });
  }

  /**
   * Reports variables that were not read, as their names are probably misspelt.
   *
   * @param readElsewhere variables that other code reads
   */
  reportUnknown(readElsewhere: readonly string[]): void {
    const known = [...this.#known, ...readElsewhere];
    for (const [name, value] of Object.entries(this.#environment)) {
      if (!name.startsWith("NARTHEX_") || value === undefined) continue;
      if (known.includes(name) || OF_A_SERVICE.test(name)) continue;
      const wayOut = didYouMean(name, known) ?? `there are ${known.join(", ")}.`;
      this.#say(`${name} is no setting of narthex/auto: ${wayOut}`);
    }
  }
}

function onOrOff(flag: boolean): string {
  return flag ? "on" : "off";
}
