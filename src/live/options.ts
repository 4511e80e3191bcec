import { invalidSetting } from "../errors.ts";
import { isObject, knownOptions, type OptionNames } from "../options.ts";

/** What the live page shows, and how much it remembers. */
export interface LiveOptions {
  /** How far back its charts go, in seconds from 60 to 3,600; 600 by default. */
  readonly historySeconds?: number | undefined;
  /**
   * How many metrics have a history, from 1 to 1,000; 100 by default. Each takes some kilobytes. Where
   * there are more, those that somebody looked at last have one.
   */
  readonly maxFamilies?: number | undefined;
  /**
   * Where a trace is shown, with `{trace_id}` in place of its id: `http://localhost:16686/trace/{trace_id}`.
   * Without it, the page shows the id, to be copied.
   */
  readonly traceUrl?: string | undefined;
}

/** The options of the live page, checked and complete. */
export interface LiveSettings {
  readonly historySeconds: number;
  readonly maxFamilies: number;
  readonly traceUrl: string | undefined;
}

const NAMES: OptionNames<LiveOptions> = { historySeconds: true, maxFamilies: true, traceUrl: true };

const WHERE = "The live page";

/**
 * The settings of the option `live`; undefined where it is off. By default it is on in development alone,
 * because the page keeps a history all the time.
 */
export function liveSettings(live: unknown = isDevelopment()): LiveSettings | undefined {
  if (live === false) return undefined;
  if (live === true) return checked({});
  if (!isObject(live)) throw invalidSetting(WHERE, "live", live, "use true, false or an object");
  return checked(knownOptions(WHERE, live as LiveOptions, NAMES));
}

/** The settings of `liveHandler`, which is asked for outright. */
export function liveHandlerSettings(options: LiveOptions): LiveSettings {
  return checked(knownOptions("liveHandler", options, NAMES));
}

function checked({ historySeconds = 600, maxFamilies = 100, traceUrl }: LiveOptions): LiveSettings {
  if (!(historySeconds >= 60 && historySeconds <= 3600)) {
    throw invalidSetting(WHERE, "historySeconds", historySeconds, "use seconds from 60 to 3600");
  }
  if (!(Number.isInteger(maxFamilies) && maxFamilies >= 1 && maxFamilies <= 1000)) {
    throw invalidSetting(WHERE, "maxFamilies", maxFamilies, "use a whole number from 1 to 1000");
  }
  if (traceUrl !== undefined && !/^https?:\/\/[^{}]+.*\{trace_id\}/.test(String(traceUrl))) {
    const rule = "use an address of http or https that has {trace_id} in it";
    throw invalidSetting(WHERE, "traceUrl", traceUrl, rule);
  }
  return { historySeconds, maxFamilies, traceUrl };
}

function isDevelopment(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.NODE_ENV === "development";
}
