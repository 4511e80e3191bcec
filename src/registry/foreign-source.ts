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
import type { Call } from "./call.ts";
import type { Reader } from "./run.ts";
import { Visit } from "./visit.ts";

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
  readonly names: ReadonlySet<string> | undefined;
  /** Notes that something is missing on the page. */
  readonly lose: (name: string, reason: unknown) => void;
  readonly registry: object;
  /** The call that asked for the page, where one did. */
  readonly call: Call | undefined;
  /** How long a visit that begins now may take, in milliseconds. */
  readonly visitMs: () => number;
}

/** A user's source on one page: with the registry's constant labels, and never over its metrics. */
export class ForeignVisit implements MetricSource {
  readonly reader: ForeignSource;
  readonly #rules: ForeignRules;
  /** What is lost where it fails: the source, or the family visited last. */
  name = SOURCE;

  constructor(source: ForeignSource, rules: ForeignRules) {
    this.reader = source;
    this.#rules = rules;
  }

  visit(sink: SampleSink): Iterable<void> {
    const { registry, call: within, visitMs } = this.#rules;
    const visit = new Visit({ source: this.reader, registry, within }, visitMs());
    const foreign = new ForeignSink(sink, { source: this, visit, rules: this.#rules });
    return visit.steps(() => this.reader.source.visit(foreign));
  }
}

/** Stands for the family where what is lost belongs to none. */
export const SOURCE = "_source";

interface ForeignSinkParts {
  readonly source: ForeignVisit;
  readonly visit: Visit;
  readonly rules: ForeignRules;
}

class ForeignSink implements SampleSink {
  readonly #sink: SampleSink;
  readonly #source: ForeignVisit;
  readonly #visit: Visit;
  readonly #rules: ForeignRules;
  /** Undefined before the first family. */
  #isWanted: boolean | undefined;
  /** The label names of the series before, and what became of them. */
  #given: readonly string[] | undefined;
  #labelNames: readonly string[] = [];

  constructor(sink: SampleSink, { source, visit, rules }: ForeignSinkParts) {
    this.#sink = sink;
    this.#source = source;
    this.#visit = visit;
    this.#rules = rules;
  }

  family(family: Family): void {
    this.#visit.check();
    this.#source.name = String(family.name);
    checkFamily(family);
    this.#isWanted = isNamed(family, this.#rules.names);
    if (!this.#isWanted) return;
    this.#rules.claim(family);
    this.#sink.family(family);
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    if (this.#takes()) this.#sink.counter(this.#labelled(head), this.#number(value), exemplar);
  }

  gauge(head: SeriesHead, value: number): void {
    if (this.#takes()) this.#sink.gauge(this.#labelled(head), this.#number(value));
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    if (this.#takes()) this.#sink.histogram(this.#labelled(head), value);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    if (this.#takes()) this.#sink.summary(this.#labelled(head), value);
  }

  info(head: SeriesHead): void {
    if (this.#takes()) this.#sink.info(this.#labelled(head));
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    if (this.#takes()) this.#sink.stateSet(this.#labelled(head), value);
  }

  unknown(head: SeriesHead, value: number): void {
    if (this.#takes()) this.#sink.unknown(this.#labelled(head), this.#number(value));
  }

  /** Whether a sample is wanted. One before the first family belongs nowhere. */
  #takes(): boolean {
    this.#visit.check();
    if (this.#isWanted === undefined) {
      this.#isWanted = false;
      this.#rules.lose(SOURCE, "it gives samples before their family");
    }
    return this.#isWanted;
  }

  #labelled(head: SeriesHead): SeriesHead {
    const { names, values } = this.#source.reader.constantLabels;
    if (head.labelNames !== this.#given) {
      this.#given = head.labelNames;
      this.#labelNames = [...names, ...head.labelNames];
      checkLabelNames(this.#source.name, this.#labelNames);
    }
    this.#check(head);
    if (names.length === 0) return head;
    return seriesHead(this.#labelNames, [...values, ...head.labelValues], head);
  }

  /** Throws where the head would not be a series on the page. */
  #check({ labelNames, labelValues, created, timestamp }: SeriesHead): void {
    const { name } = this.#source;
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
    throw invalidValue(this.#source.name, value, "use a number");
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
export function isNamed(family: Family, names: ReadonlySet<string> | undefined): boolean {
  return names === undefined || exposedNames(family).some((exposed) => names.has(exposed));
}
