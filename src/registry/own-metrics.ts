import { duplicateSeries, type PublicCall, placeOf, show } from "../errors.ts";
import { CounterInstrument } from "../instruments/counter.ts";
import type { RegistryContext } from "../instruments/definition/define.ts";
import { ExemplarSource } from "../instruments/exemplars.ts";
import type { Family } from "../model/family.ts";
import type { SampleSink } from "../model/sample-sink.ts";
import { ownOptions } from "../options.ts";
import { describe, Warnings } from "../warn.ts";
import { labelsWithout } from "./constant-labels.ts";
import { tellError } from "./error-listeners.ts";
import { SOURCE } from "./foreign/sink.ts";

/** The label of most of these metrics. A constant label of the registry with this name is left out of them. */
const LABEL = "family";

/** A counter that is on the page only while it has something to show: a reset removes it. */
class OwnCounter extends CounterInstrument {
  override *visit(sink: SampleSink): Generator<void> {
    if (this.table.size > 0) yield* super.visit(sink);
  }
}

interface OwnDefinition {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly limit?: number;
}

const OVERFLOW_UPDATES: OwnDefinition = {
  name: "narthex_overflow_updates",
  help: "Updates of label sets past their family's series limit, counted under _other.",
  label: LABEL,
  limit: Number.POSITIVE_INFINITY, // There is at most one series for each family.
};
const COLLECT_ERRORS: OwnDefinition = {
  name: "narthex_collect_errors",
  help: "Families that a scrape went without, wholly or in part: their source threw, was late, or gave what is there already.",
  label: LABEL,
};
const INVALID_UPDATES: OwnDefinition = {
  name: "narthex_invalid_updates",
  help: "Updates that were dropped, because their value or their labels are wrong.",
  label: LABEL,
  limit: Number.POSITIVE_INFINITY, // There is at most one series for each family.
};
const GROUP_ERRORS: OwnDefinition = {
  name: "narthex_group_errors",
  help: "Troubles in a group of processes: reports that were not written, not read or not understood, and definitions that differ.",
  label: "reason",
};

/** In the order in which they are on the page. */
const DEFINITIONS = [OVERFLOW_UPDATES, COLLECT_ERRORS, INVALID_UPDATES, GROUP_ERRORS];

/** What no other metric of the registry may be called. */
export const OWN_FAMILIES: readonly Family[] = DEFINITIONS.map(({ name, help }) => {
  return { name, help, type: "counter" };
});

/**
 * The metrics in which a registry counts its own troubles. They are made when they are first needed, for a page
 * or for a trouble, so that an import of the package does not wait for those of the registry `metrics`.
 */
export class OwnMetrics {
  readonly #counters = new Map<OwnDefinition, CounterInstrument>();
  readonly #warnings = new Warnings();
  readonly #context: RegistryContext;
  readonly #registry: object;

  /** @param registry whose listeners hear of errors */
  constructor(context: RegistryContext, registry: object) {
    this.#registry = registry;
    this.#context = {
      ...context,
      group: {}, // A reset removes them, and what the group has of them.
      // A user's functions can fail, and what they fail at is counted here.
      now: () => safely(context.now, Date.now),
      exemplars: new ExemplarSource(false, () => {}),
    };
  }

  get instruments(): readonly CounterInstrument[] {
    return DEFINITIONS.map((definition) => this.#counter(definition));
  }

  /**
   * Counts a trouble in the group of processes that the registry belongs to.
   *
   * @param problem tells it from others of the same reason, each of which is warned of once
   */
  countGroupError(
    reason: "write" | "read" | "version" | "definition",
    problem: string,
    message: string,
    error?: unknown,
  ): void {
    this.#counter(GROUP_ERRORS).inc({ reason });
    tellError(this.#registry, error ?? message);
    this.#warnings.once(`group ${reason} ${problem}`, message, error);
  }

  countOverflow(family: string): void {
    this.#counter(OVERFLOW_UPDATES).inc({ family });
    this.#warnings.once(
      `overflow ${family}`,
      `Metric ${family} has reached its limit of series: further label sets are counted under _other. Look for a label of unbounded values, or raise the option limit.`,
    );
  }

  /**
   * @param reason what was thrown, or a text
   * @param format the format that lacks the family, if pages of other formats have it
   */
  countLost(family: string, reason: unknown, format?: string): void {
    this.#counter(COLLECT_ERRORS).inc({ family });
    tellError(this.#registry, reason, family === SOURCE ? undefined : family);
    const what = family === SOURCE ? "A registered source" : `Metric ${show(family)}`;
    const text = describe(reason);
    const where = format === undefined ? "" : ` in the format ${format}`;
    this.#warnings.once(
      `lost ${family}${where}`,
      `${what} is missing on a page${where}: ${text}${returnInstead(text)}. From now on this is only counted, in narthex_collect_errors_total.`,
      reason,
    );
  }

  /** Counts a series that was exposed twice, of which the page has only the first. */
  countDuplicate(family: string, labels: object): void {
    this.#counter(COLLECT_ERRORS).inc({ family });
    const text = duplicateSeries(family, labels);
    tellError(this.#registry, text, family);
    this.#warnings.once(`twice ${family}`, text);
  }

  countInvalid(family: string): void {
    this.#counter(INVALID_UPDATES).inc({ family });
  }

  /**
   * @param error what a wrong update threw
   * @param call what the user called
   */
  warnOfInvalid(family: string, error: unknown, call: PublicCall): void {
    this.#warnings.once(`invalid ${family}`, () => {
      const place = placeOf(error, call);
      return `An update of metric ${show(family)} is dropped: ${describe(error)}${place === undefined ? "" : ` (${place})`}. From now on this is only counted, in narthex_invalid_updates_total.`;
    });
  }

  warnOfNaN(family: string): void {
    this.#warnings.once(
      `NaN ${family}`,
      `Metric ${show(family)} has observed NaN: its sum is NaN from now on. Look for a subtraction of something undefined.`,
    );
  }

  /** @param reason what the provider threw, or what is wrong with its exemplar */
  warnOfExemplar(family: string, reason: unknown): void {
    tellError(this.#registry, reason, family);
    this.#warnings.once(
      `exemplar ${family}`,
      `Metric ${show(family)} gets no exemplar (${describe(reason)}). The update was counted without it; this is not reported again.`,
      reason,
    );
  }

  #counter(definition: OwnDefinition): CounterInstrument {
    let counter = this.#counters.get(definition);
    if (counter === undefined) {
      const { label, ...options } = definition;
      const { constantLabels } = this.#context;
      counter = new OwnCounter(ownOptions({ ...options, labels: [label] }), {
        ...this.#context,
        constantLabels: labelsWithout(constantLabels, (name) => name === label),
      });
      this.#counters.set(definition, counter);
    }
    return counter;
  }
}

function safely<T>(read: () => T, instead: () => T): T {
  try {
    return read();
  } catch {
    return instead();
  }
}

/** The way out for a callback in prom-client's style, where `this` is the metric. */
function returnInstead(reason: string): string {
  const isSetting = /^TypeError: this\.\w+ is not a function/.test(reason);
  return isSetting ? ", as collect has no metric for its this: return the value" : "";
}
