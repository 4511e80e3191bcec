import { invalidValue } from "../errors.ts";
import { checkLabelNames, checkMetricName } from "../model/names.ts";
import type { SampleSink, SeriesHead } from "../model/sample-sink.ts";
import { readLabels } from "../series/label-index.ts";
import { define, type LabelValue, type MetricOptions, type RegistryContext } from "./definition.ts";
import { HeldSeries } from "./held-series.ts";
import { Instrument } from "./instrument.ts";
import type { SeriesRow } from "./series-row.ts";

/** The name's `_info`, which exposition adds, may be left out. */
export type InfoOptions = Pick<MetricOptions<never>, "name" | "help">;

/**
 * Facts about the process that are text: its version, its commit. Exposed as labels of one series
 * whose value is 1.
 *
 * @example
 * const build = metrics.info({ name: "build", help: "What runs here." });
 * build.set({ version: "1.2.3", commit: "4bf92f3" }); // build_info{version="1.2.3",commit="4bf92f3"} 1
 */
export interface Info {
  /**
   * Sets all facts; those set before go.
   * @throws NarthexError `NARTHEX_LABEL_NAME_INVALID` where a key can't be a label name or is a
   * constant label of the registry; `NARTHEX_LABEL_VALUE_INVALID` where a value is no string, number
   * or boolean
   */
  set(facts: Readonly<Record<string, LabelValue>>): void;
  /** Takes the facts off the page. */
  clear(): void;
}

/** Its row is 1 where there are facts, else 0. */
export class InfoInstrument extends Instrument<InfoSeries> implements Info {
  private facts: Pick<SeriesHead, "labelNames" | "labelValues"> = {
    labelNames: [],
    labelValues: [],
  };

  constructor({ name, help }: InfoOptions, context: RegistryContext) {
    checkMetricName(name);
    super(define("info", { name: name.replace(/(?<=.)_info$/, ""), help }, context), 1);
    this.open();
  }

  set(facts: Readonly<Record<string, LabelValue>>): void {
    if (typeof facts !== "object" || facts === null || Array.isArray(facts)) {
      throw invalidValue(this.family.name, facts, "an info takes an object of label values");
    }
    const { constantLabels } = this.definition;
    const names = Object.keys(facts);
    checkLabelNames(this.family.name, [...constantLabels.names, ...names]);
    const values = readLabels(this.family.name, names, facts);
    this.facts = {
      labelNames: [...constantLabels.names, ...names],
      labelValues: [...constantLabels.values, ...values],
    };
    const { chunk, at } = this.labels();
    chunk[at] = 1;
  }

  protected override newSeries(): InfoSeries {
    return new InfoSeries(this);
  }

  protected override write(sink: SampleSink, row: SeriesRow): void {
    if (row.chunk[row.at] === 0) return;
    const { created, timestamp, slot, tenancy } = row;
    sink.info({ ...this.facts, created, timestamp, slot, tenancy });
  }
}

class InfoSeries extends HeldSeries {}
