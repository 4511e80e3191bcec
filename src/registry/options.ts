import { invalidSetting } from "../errors.ts";
import type { LabelValue } from "../instruments/definition/labels.ts";
import { type Advice, knownOptions, type OptionNames } from "../options.ts";

/** The options of a registry; all of them may be left out. */
export interface RegistryOptions {
  /** Labels on every series of the registry; `setLabels` replaces them. */
  readonly labels?: Readonly<Record<string, LabelValue>> | undefined;
  /**
   * The clock, in milliseconds since the epoch, for tests and simulations. Spans of time (expiry, the
   * windows of summaries and the like) are read from it, too. By default timestamps come from `Date`
   * and spans of time from the monotonic `performance.now`, which nobody can set.
   */
  readonly now?: (() => number) | undefined;
  /**
   * Whether a wrong update (`inc(-1)`, a label too many) throws. If not, it is dropped, counted in
   * `narthex_invalid_updates_total`, and warned of once per metric. By default a registry is strict where
   * `NODE_ENV` is `test` when it is made. A wrong definition always throws.
   */
  readonly strict?: boolean | undefined;
  /**
   * Allows names with any characters, such as `http.requests`, for its metrics and labels; off by default.
   * A metric's own option `utf8` takes precedence.
   */
  readonly utf8?: boolean | undefined;
  /**
   * How much memory the lines of counters and gauges may take that are kept for the next page, in bytes;
   * 16 MiB by default. Of these lines only numbers that have changed are written. A line takes about as many
   * bytes as it has characters, and 11 more. With 0 all lines are written for every page. A negative number
   * throws `NARTHEX_OPTION_INVALID`.
   *
   * @example
   * const registry = new Registry({ keepBytes: 64 * 1024 ** 2 }); // enough for half a million series
   */
  readonly keepBytes?: number | undefined;
}

const NAMES: OptionNames<RegistryOptions> = {
  labels: true,
  now: true,
  strict: true,
  utf8: true,
  keepBytes: true,
};

/** The lines of about 150,000 counters with three labels. */
const DEFAULT_KEEP_BYTES = 16 * 1024 ** 2;

const ADVICE: Advice = {
  defaultLabels: "use labels",
  constLabels: "use labels",
};

/** The options that a user gave, checked, with their defaults. Labels are checked where they are set. */
export function registrySettings(options: RegistryOptions) {
  const known = knownOptions("new Registry", options, NAMES, ADVICE);
  const { labels = {}, now, strict = isTest(), utf8 = false } = known;
  const { keepBytes = DEFAULT_KEEP_BYTES } = known;
  for (const [name, value] of Object.entries({ strict, utf8 })) {
    if (typeof value === "boolean") continue;
    throw invalidSetting("new Registry", name, value, "use true or false");
  }
  if (typeof keepBytes !== "number" || !(keepBytes >= 0)) {
    throw invalidSetting("new Registry", "keepBytes", keepBytes, "use a number of bytes from 0 up");
  }
  return { labels, now, strict, utf8, keepBytes };
}

/** Whether the program runs as a test, whose author wants to see a wrong update throw. */
function isTest(): boolean {
  try {
    const { process } = globalThis as { process?: { env?: { NODE_ENV?: string } } };
    return process?.env?.NODE_ENV === "test";
  } catch {
    return false; // Deno may forbid reading the environment.
  }
}
