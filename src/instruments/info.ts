import { invalidValue } from "../errors.ts";
import { checkLegacyLabelNames } from "../model/legacy-names.ts";
import { checkMetricName } from "../model/names.ts";
import { type SampleSink, seriesHead } from "../model/sample-sink.ts";
import type { OptionNames } from "../options.ts";
import { readLabels } from "../series/label-object.ts";
import { checkLabels, define, type RegistryContext } from "./definition/define.ts";
import type { LabelValue } from "./definition/labels.ts";
import type { MetricOptions } from "./definition/options.ts";
import { HeldSeries } from "./held-series.ts";
import { Instrument } from "./instrument.ts";
import type { SeriesRow } from "./series-row.ts";

/** Exposition adds `_info` to the name, whether or not it is there already. */
export type InfoOptions = Pick<MetricOptions<never>, "name" | "help" | "utf8">;

/**
 * Text about the process, such as its version or commit, as the labels of one series whose value is 1.
 *
 * @example
 * const build = metrics.info({ name: "build", help: "What runs here." });
 * build.set({ version: "1.2.3", commit: "4bf92f3" }); // build_info{version="1.2.3",commit="4bf92f3"} 1
 */
export interface Info {
  /**
   * Replaces all facts.
   * @throws NarthexError only in a strict registry: `NARTHEX_LABEL_NAME_INVALID` if a key can't be a label
   * name or is a constant label of the registry; `NARTHEX_LABEL_VALUE_INVALID` if a value is not a string,
   * number or boolean
   */
  set(facts: Readonly<Record<string, LabelValue>>): void;
  /** Removes the facts from the page. */
  clear(): void;
}

/** The row is 1 once facts are set, and 0 before and after `clear`. */
export class InfoInstrument extends Instrument<InfoSeries> implements Info {
  static readonly options: OptionNames<InfoOptions> = { name: true, help: true, utf8: true };

  /** No callback supplies its values. */
  readonly reader = undefined;
  private facts: RegistryContext["constantLabels"] = { names: [], values: [] };
  /** The names of constant labels, and behind them those of the facts; made of these two arrays. */
  private labelNames: readonly string[] = [];
  private madeOf: readonly (readonly string[])[] = [];

  constructor({ name, help, utf8 }: InfoOptions, context: RegistryContext) {
    checkMetricName(name);
    super(define("info", { name: name.replace(/(?<=.)_info$/, ""), help, utf8 }, context), 1);
    this.open();
  }

  set(facts: Readonly<Record<string, LabelValue>>): void {
    try {
      if (typeof facts !== "object" || facts === null || Array.isArray(facts)) {
        throw invalidValue(this.family.name, facts, "an info takes an object of label values");
      }
      const names = Object.keys(facts);
      checkLabels(this.family, [...this.definition.constantLabels.names, ...names]);
      if (!this.definition.utf8) checkLegacyLabelNames(this.family.name, names);
      this.facts = { names, values: readLabels(this.family.name, names, facts) };
      const { chunk, at } = this.labels();
      chunk[at] = 1;
    } catch (error) {
      this.reject(error, this.set);
    }
  }

  /** Does nothing: facts are not counted, so there is no zero to which they could be set. */
  override reset(): void {}

  override get mark(): unknown {
    return this.facts;
  }

  /** The facts are labels, and differ from those of the family. */
  override get shape(): undefined {
    return undefined;
  }

  override checkConstantLabels(names: readonly string[]): void {
    checkLabels(this.family, [...names, ...this.facts.names]);
  }

  /** One array for as long as it stays the same, as sinks cache what they make of it. */
  private allNames(): readonly string[] {
    const parts = [this.definition.constantLabels.names, this.facts.names];
    if (parts.some((part, i) => part !== this.madeOf[i])) {
      this.madeOf = parts;
      this.labelNames = parts.flat();
    }
    return this.labelNames;
  }

  protected override newSeries(): InfoSeries {
    return new InfoSeries(this);
  }

  protected override write(sink: SampleSink, row: SeriesRow): void {
    if (row.chunk[row.at] === 0) return;
    const labelValues = [...row.labelValues, ...this.facts.values];
    sink.info(seriesHead(this.allNames(), labelValues, row));
  }
}

class InfoSeries extends HeldSeries {}
