import { invalidSetting } from "../errors.ts";
import type { Counter, CounterOptions } from "../instruments/counter.ts";
import type { DeclaredLabels, TypesOf } from "../instruments/definition/labels.ts";
import type { Gauge, GaugeOptions } from "../instruments/gauge.ts";
import type { Histogram, HistogramOptions } from "../instruments/histogram/histogram.ts";
import type { Info, InfoOptions } from "../instruments/info.ts";
import { processWide } from "../process-wide.ts";
import type { Registry } from "./registry.ts";

/** Families that are added to a registry together, and removed together. */
export class FamilyGroup {
  readonly #registry: Registry;
  readonly #undo: (() => void)[] = [];

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  counter<const L extends DeclaredLabels = never>(
    options: CounterOptions<L>,
  ): Counter<TypesOf<NoInfer<L>>> {
    return this.#added(options, this.#registry.counter(options));
  }

  gauge<const L extends DeclaredLabels = never>(
    options: GaugeOptions<L>,
  ): Gauge<TypesOf<NoInfer<L>>> {
    return this.#added(options, this.#registry.gauge(options));
  }

  histogram<const L extends DeclaredLabels = never>(
    options: HistogramOptions<L>,
  ): Histogram<TypesOf<NoInfer<L>>> {
    return this.#added(options, this.#registry.histogram(options));
  }

  info(options: InfoOptions): Info {
    return this.#added(options, this.#registry.info(options));
  }

  /** @param release frees what the families are fed from, such as an observer or a subscription */
  onStop(release: () => void): void {
    this.#undo.push(release);
  }

  /** Removes the families from the registry, and releases what they use. */
  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #added<T>({ name }: { readonly name: string }, metric: T): T {
    this.#undo.push(() => this.#registry.unregister(name));
    return metric;
  }
}

/** One call of a function such as `collectRuntime`, which shares its families with other calls. */
export interface Caller<Settings extends object> {
  /** The function that was called, as errors name it. */
  readonly name: string;
  /** The settings that all callers must agree on. */
  readonly agreed: readonly (keyof Settings & string)[];
  /** All settings, checked and complete. */
  readonly settings: Settings;
  /** The settings that the caller names itself. For all others it accepts those of other callers. */
  readonly wanted: { readonly [Name in keyof Settings]?: Settings[Name] | undefined };
  /** Adds the families. */
  start(families: FamilyGroup, settings: Settings, callers: Iterable<Caller<Settings>>): void;
}

/**
 * A running collector with all callers that asked for it. All fields belong to the protocol
 * between copies of this package: one copy may start what another one restarts or stops.
 */
interface Running<Settings extends object> {
  readonly callers: Set<Caller<Settings>>;
  settings: Settings;
  /** Whether a caller asked for these settings; otherwise they are defaults, which give way. */
  isChosen: boolean;
  stop: () => void;
}

const RUNNING = processWide("collectors", () => new WeakMap<Registry, Map<string, unknown>>());

/**
 * Starts a collector, or joins the one that the registry has under this key: two would count
 * everything twice.
 *
 * @returns a function that leaves it; the last caller to leave stops it
 * @throws NarthexError `NARTHEX_OPTION_INVALID` where another caller asked for other settings;
 * whatever `start` throws. In both cases nothing has changed
 */
export function share<Settings extends object>(
  registry: Registry,
  key: string,
  caller: Caller<Settings>,
): () => void {
  const collectors = RUNNING.get(registry) ?? new Map<string, unknown>();
  RUNNING.set(registry, collectors);
  const running =
    (collectors.get(key) as Running<Settings> | undefined) ?? started(registry, caller);
  agree(registry, running, caller);
  collectors.set(key, running);
  running.callers.add(caller);
  return () => {
    if (!running.callers.delete(caller) || running.callers.size > 0) return;
    collectors.delete(key);
    running.stop();
  };
}

function started<Settings extends object>(
  registry: Registry,
  caller: Caller<Settings>,
): Running<Settings> {
  const callers = new Set<Caller<Settings>>();
  const { settings } = caller;
  return { callers, settings, isChosen: false, stop: start(registry, caller, settings, callers) };
}

function start<Settings extends object>(
  registry: Registry,
  caller: Caller<Settings>,
  settings: Settings,
  callers: Iterable<Caller<Settings>>,
): () => void {
  const families = new FamilyGroup(registry);
  try {
    caller.start(families, settings, callers);
  } catch (error) {
    families.stop();
    throw error;
  }
  return () => families.stop();
}

/** Settings that a caller asks for replace defaults, whoever comes first. */
function agree<Settings extends object>(
  registry: Registry,
  running: Running<Settings>,
  caller: Caller<Settings>,
): void {
  const { name, agreed, settings, wanted } = caller;
  const asked = agreed.filter((option) => wanted[option] !== undefined);
  if (asked.length === 0) return;
  const differs = (option: keyof Settings) =>
    text(settings[option]) !== text(running.settings[option]);
  if (running.isChosen) {
    const option = asked.find(differs);
    if (option === undefined) return;
    const rule = `the registry already has these metrics with ${text(running.settings[option])}: use the same, or stop those first`;
    throw invalidSetting(name, option, wanted[option], rule);
  }
  if (agreed.some(differs)) restart(registry, running, caller);
  running.isChosen = true;
}

function restart<Settings extends object>(
  registry: Registry,
  running: Running<Settings>,
  caller: Caller<Settings>,
): void {
  const { settings } = caller;
  running.stop();
  try {
    running.stop = start(registry, caller, settings, running.callers);
    running.settings = settings;
  } catch (error) {
    running.stop = start(registry, caller, running.settings, running.callers);
    throw error;
  }
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    // JSON would write infinity as null.
    part === Number.POSITIVE_INFINITY ? "Infinity" : part,
  );
}
