import { duplicateSeries, type PublicCall, placeOf, show } from "../errors.ts";
import { CounterInstrument } from "../instruments/counter.ts";
import type { RegistryContext } from "../instruments/definition/define.ts";
import { ExemplarSource } from "../instruments/exemplars.ts";
import type { SampleSink } from "../model/sample-sink.ts";
import { ownOptions } from "../options.ts";
import { describe, Warnings } from "../warn.ts";
import { labelsWithout } from "./constant-labels.ts";
import { tellError } from "./error-listeners.ts";
import { SOURCE } from "./foreign/sink.ts";

/** The label of these metrics. A constant label of the registry with this name is left out of them. */
const LABEL = "family";

/** A counter that is on the page only once it has counted something. */
class OwnCounter extends CounterInstrument {
  override *visit(sink: SampleSink): Generator<void> {
    if (this.table.size > 0) yield* super.visit(sink);
  }
}

/** The metrics in which a registry counts its own troubles. */
export class OwnMetrics {
  readonly #overflowUpdates: CounterInstrument;
  readonly #collectErrors: CounterInstrument;
  readonly #invalidUpdates: CounterInstrument;
  readonly #groupErrors: CounterInstrument;
  readonly #warnings = new Warnings();
  readonly #registry: object;

  /** @param registry whose listeners hear of errors */
  constructor(context: RegistryContext, registry: object) {
    this.#registry = registry;
    const own: RegistryContext = {
      ...context,
      group: {}, // A reset removes them, and what the group has of them.
      constantLabels: labelsWithout(context.constantLabels, (name) => name === LABEL),
      // A user's functions can fail, and what they fail at is counted here.
      now: () => safely(context.now, Date.now),
      exemplars: new ExemplarSource(false, () => {}),
    };
    this.#overflowUpdates = new OwnCounter(
      ownOptions({
        name: "narthex_overflow_updates",
        help: "Updates of label sets past their family's series limit, counted under _other.",
        labels: [LABEL],
        limit: Number.POSITIVE_INFINITY, // There is at most one series for each family.
      }),
      own,
    );
    this.#collectErrors = new OwnCounter(
      ownOptions({
        name: "narthex_collect_errors",
        help: "Families that a scrape went without, wholly or in part: their source threw, was late, or gave what is there already.",
        labels: [LABEL],
      }),
      own,
    );
    this.#invalidUpdates = new OwnCounter(
      ownOptions({
        name: "narthex_invalid_updates",
        help: "Updates that were dropped, because their value or their labels are wrong.",
        labels: [LABEL],
        limit: Number.POSITIVE_INFINITY, // There is at most one series for each family.
      }),
      own,
    );
    this.#groupErrors = new OwnCounter(
      ownOptions({
        name: "narthex_group_errors",
        help: "Troubles in a group of processes: reports that were not written, not read or not understood, and definitions that differ.",
        labels: ["reason"],
      }),
      {
        ...own,
        constantLabels: labelsWithout(context.constantLabels, (name) => name === "reason"),
      },
    );
  }

  get instruments(): readonly CounterInstrument[] {
    return [this.#overflowUpdates, this.#collectErrors, this.#invalidUpdates, this.#groupErrors];
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
    this.#groupErrors.inc({ reason });
    tellError(this.#registry, error ?? message);
    this.#warnings.once(`group ${reason} ${problem}`, message, error);
  }

  countOverflow(family: string): void {
    this.#overflowUpdates.inc({ family });
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
    this.#collectErrors.inc({ family });
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
    this.#collectErrors.inc({ family });
    const text = duplicateSeries(family, labels);
    tellError(this.#registry, text, family);
    this.#warnings.once(`twice ${family}`, text);
  }

  countInvalid(family: string): void {
    this.#invalidUpdates.inc({ family });
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
