import { invalidLabelValue, invalidOption, invalidValue, labelsMismatch } from "../errors.ts";
import type { RegistryContext } from "../instruments/definition.ts";
import { exposedNames, type Family } from "../model/family.ts";
import { checkLabelNames, checkMetricName, checkStateSetName } from "../model/names.ts";
import {
  type CollectContext,
  type Exemplar,
  type HistogramValue,
  type MetricSource,
  type SampleSink,
  type SeriesHead,
  type StateSetValue,
  type SummaryValue,
  seriesHead,
} from "../model/sample-sink.ts";
import type { Reader } from "./collect.ts";

/** A source that a user registered. */
export class ForeignSource implements Reader {
  readonly source: MetricSource;
  readonly constantLabels: RegistryContext["constantLabels"];

  constructor(source: MetricSource, constantLabels: RegistryContext["constantLabels"]) {
    this.source = source;
    this.constantLabels = constantLabels;
  }

  readonly read = (context: CollectContext): unknown => this.source.collect?.(context);

  /** What it has read, it keeps itself. */
  apply(): void {}
}

/** What a page asks of sources that are not the registry's own. */
export interface ForeignRules {
  /** Throws where the page has such a name already. */
  readonly claim: (family: Family) => void;
  /** Only families of these names are wanted. */
  readonly names: readonly string[] | undefined;
}

/** A user's source on one page: with the registry's constant labels, and never over its metrics. */
export class ForeignVisit implements MetricSource {
  readonly reader: ForeignSource;
  readonly #rules: ForeignRules;
  /** What is lost where it fails: the source, or the family visited last. */
  name = "_source";

  constructor(source: ForeignSource, rules: ForeignRules) {
    this.reader = source;
    this.#rules = rules;
  }

  visit(sink: SampleSink): Iterable<void> | void {
    this.name = "";
    return this.reader.source.visit(new ForeignSink(sink, this, this.#rules));
  }
}

class ForeignSink implements SampleSink {
  readonly #sink: SampleSink;
  readonly #visit: ForeignVisit;
  readonly #rules: ForeignRules;
  #isWanted = false;
  /** The label names of the series before, and what became of them. */
  #given: readonly string[] | undefined;
  #labelNames: readonly string[] = [];

  constructor(sink: SampleSink, visit: ForeignVisit, rules: ForeignRules) {
    this.#sink = sink;
    this.#visit = visit;
    this.#rules = rules;
  }

  family(family: Family): void {
    this.#visit.name = String(family.name);
    checkFamily(family);
    this.#isWanted = isNamed(family, this.#rules.names);
    if (!this.#isWanted) return;
    this.#rules.claim(family);
    this.#sink.family(family);
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    if (this.#isWanted) this.#sink.counter(this.#labelled(head), this.#number(value), exemplar);
  }

  gauge(head: SeriesHead, value: number): void {
    if (this.#isWanted) this.#sink.gauge(this.#labelled(head), this.#number(value));
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    if (this.#isWanted) this.#sink.histogram(this.#labelled(head), value);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    if (this.#isWanted) this.#sink.summary(this.#labelled(head), value);
  }

  info(head: SeriesHead): void {
    if (this.#isWanted) this.#sink.info(this.#labelled(head));
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    if (this.#isWanted) this.#sink.stateSet(this.#labelled(head), value);
  }

  unknown(head: SeriesHead, value: number): void {
    if (this.#isWanted) this.#sink.unknown(this.#labelled(head), this.#number(value));
  }

  #labelled(head: SeriesHead): SeriesHead {
    const { names, values } = this.#visit.reader.constantLabels;
    if (head.labelNames !== this.#given) {
      this.#given = head.labelNames;
      this.#labelNames = [...names, ...head.labelNames];
      checkLabelNames(this.#visit.name, this.#labelNames);
    }
    this.#check(head);
    if (names.length === 0) return head;
    return seriesHead(this.#labelNames, [...values, ...head.labelValues], head);
  }

  /** Throws where the head would not be a series on the page. */
  #check({ labelNames, labelValues, created, timestamp }: SeriesHead): void {
    const { name } = this.#visit;
    if (labelValues.length !== labelNames.length) {
      throw labelsMismatch(name, labelNames, `${labelValues.length} values`);
    }
    labelValues.forEach((value, i) => {
      if (typeof value !== "string") throw invalidLabelValue(name, labelNames[i]!, value);
    });
    for (const time of [created, timestamp]) {
      if (Number.isFinite(time) || Number.isNaN(time)) continue;
      throw invalidValue(name, time, "a time is in seconds, or NaN where it is not known");
    }
  }

  #number(value: unknown): number {
    if (typeof value === "number") return value;
    throw invalidValue(this.#visit.name, value, "use a number");
  }
}

/** Throws where the family would not be one on the page. */
function checkFamily({ name, type, help, unit }: Family): void {
  checkMetricName(name);
  if (type === "stateset") checkStateSetName(name);
  if (typeof help !== "string") throw invalidOption(name, "help", help, "use a string");
  if (unit !== undefined && !/^[a-zA-Z0-9_:]+$/.test(unit)) {
    throw invalidOption(name, "unit", unit, "use letters, digits, underscores and colons");
  }
}

/** Whether a scrape that asks for certain names wants this family. */
export function isNamed(family: Family, names: readonly string[] | undefined): boolean {
  return names === undefined || exposedNames(family).some((exposed) => names.includes(exposed));
}
