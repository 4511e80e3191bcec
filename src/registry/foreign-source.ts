import {
  invalidLabelName,
  invalidLabelValue,
  invalidOption,
  invalidValue,
  labelsMismatch,
  sampleNameTaken,
} from "../errors.ts";
import type { PageSink, PageSource } from "../exposition/render.ts";
import type { RegistryContext } from "../instruments/definition.ts";
import {
  exposedName,
  exposedNames,
  type Family,
  type MetricType,
  suffixOf,
} from "../model/family.ts";
import { checkMetricName, checkStateSetName } from "../model/names.ts";
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
import type { Claims } from "./families.ts";
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
  readonly claims: Claims;
  /** Only families of these names are wanted. */
  readonly names: ReadonlySet<string> | undefined;
  /** Notes that something is missing on the page; `where` is the format, if it is on other pages. */
  readonly lose: (name: string, reason: unknown, where?: string) => void;
  /** Notes that a series stands twice in what is exposed. */
  readonly repeat: (name: string, labels: object) => void;
  readonly registry: object;
  /** The call that asked for the page, where one did. */
  readonly call: Call | undefined;
  /** How long a visit that begins now may take, in milliseconds. */
  readonly visitMs: () => number;
}

/** A user's source on one page: with the registry's constant labels, and never over its metrics. */
export class ForeignVisit implements PageSource {
  readonly reader: ForeignSource;
  readonly #rules: ForeignRules;
  /** What is lost where it fails: the source, or the family visited last. */
  name = SOURCE;

  constructor(source: ForeignSource, rules: ForeignRules) {
    this.reader = source;
    this.#rules = rules;
  }

  visit(sink: PageSink): Iterable<void> {
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

/**
 * Passes on what may be on the page. A family that clashes or has a fault is left out, and of equal
 * series all but the first; what came before and what follows stays.
 */
class ForeignSink implements SampleSink {
  readonly #sink: PageSink;
  readonly #source: ForeignVisit;
  readonly #visit: Visit;
  readonly #rules: ForeignRules;
  /** The family under way, where it is wanted. */
  #family: Family | undefined;
  /** Where it began on the page. */
  #begin = 0;
  /** Whether a family has begun, or it was told that none has. */
  #hasBegun = false;
  /** The label names of the series before, and what became of them. */
  #given: readonly string[] | undefined;
  #labelNames: readonly string[] = [];
  /** The names in alphabetical order: their places, and what they add to the key of a series. */
  #order: readonly { readonly i: number; readonly prefix: string }[] = [];
  /** Whether the family has given a series twice already. */
  #isRepeated = false;
  /** What tells the family's series apart. */
  readonly #seen = new Set<string>();
  /** Those of series with timestamps, alone and with each timestamp. */
  readonly #seenAt = new Set<string>();

  constructor(sink: PageSink, { source, visit, rules }: ForeignSinkParts) {
    this.#sink = sink;
    this.#source = source;
    this.#visit = visit;
    this.#rules = rules;
  }

  get hasLines(): boolean {
    return this.#sink.hasLines ?? false;
  }

  family(family: Family): void {
    this.#visit.check();
    this.#source.name = String(family.name);
    this.#hasBegun = true;
    this.#family = undefined;
    this.#given = undefined;
    this.#seen.clear();
    this.#seenAt.clear();
    this.#isRepeated = false;
    this.#begin = this.#sink.length;
    this.#guard(() => {
      checkFamily(family);
      if (isNamed(family, this.#rules.names)) this.#family = this.#claimed(family);
      if (this.#family !== undefined) this.#sink.family(this.#family);
    });
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.#write(head, COUNTER, (labelled) =>
      this.#sink.counter(labelled, this.#number(value), exemplar),
    );
  }

  gauge(head: SeriesHead, value: number): void {
    this.#write(head, GAUGE, (labelled) => this.#sink.gauge(labelled, this.#number(value)));
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    this.#write(head, HISTOGRAM, (labelled) => this.#sink.histogram(labelled, value));
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    this.#write(head, SUMMARY, (labelled) => this.#sink.summary(labelled, value));
  }

  info(head: SeriesHead): void {
    this.#write(head, INFO, (labelled) => this.#sink.info(labelled));
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    this.#write(head, STATE_SET, (labelled) => this.#sink.stateSet(labelled, value));
  }

  unknown(head: SeriesHead, value: number): void {
    this.#write(head, UNKNOWN, (labelled) => this.#sink.unknown(labelled, this.#number(value)));
  }

  #write(head: SeriesHead, types: readonly MetricType[], write: (head: SeriesHead) => void): void {
    this.#visit.check();
    const family = this.#family;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#rules.lose(SOURCE, "it gives samples before their family");
    }
    if (family === undefined) return;
    this.#guard(() => {
      if (!types.includes(family.type)) {
        const rule = `a family of type ${family.type} has no series of type ${types[0]}`;
        throw invalidValue(family.name, types[0], rule);
      }
      const labelled = this.#labelled(head);
      if (this.#isNew(head)) write(labelled);
      else this.#repeat(head);
    });
  }

  /** Leaves out the family where something is wrong with it. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#family = undefined;
      this.#sink.truncate(this.#begin);
      this.#rules.lose(this.#source.name, error);
    }
  }

  /** The family as it is on the page, or undefined where there is no place for it. */
  #claimed(family: Family): Family | undefined {
    const { claims } = this.#rules;
    const clash = claims.claim(family, this.#sink);
    if (clash === undefined) return family;
    if (claims.tellsStarts(clash.owner) && clash.name === `${clash.owner}_created`)
      return undefined;
    // In OpenMetrics 1.0, the name without the suffix may be taken, and the one with it free.
    const whole: Family = { ...family, name: exposedName(family), bare: true };
    if (suffixOf(family) !== "" && claims.claim(whole, this.#sink) === undefined) return whole;
    const taken = sampleNameTaken(clash.name, family.name, clash.owner);
    this.#rules.lose(family.name, taken, claims.format);
    return undefined;
  }

  #repeat({ labelNames, labelValues }: SeriesHead): void {
    if (this.#isRepeated) return;
    this.#isRepeated = true;
    const labels = Object.fromEntries(labelNames.map((name, i) => [name, labelValues[i]]));
    this.#rules.repeat(this.#source.name, labels);
  }

  /**
   * Whether the page has no such series at this time. As in Prometheus, an empty label is none. Series
   * of a table are new: it has no slot twice.
   */
  #isNew({ labelValues, timestamp, table }: SeriesHead): boolean {
    if (table !== undefined) return true;
    let key = "";
    for (const { i, prefix } of this.#order) {
      const value = labelValues[i]!;
      if (value !== "") key += `${prefix}${value.length}:${value}`;
    }
    const before = this.#seen.size;
    this.#seen.add(key);
    const isFirst = this.#seen.size > before;
    if (Number.isNaN(timestamp)) return isFirst;
    const timed = `${key} ${timestamp}`;
    const isNew = isFirst || (this.#seenAt.has(key) && !this.#seenAt.has(timed));
    if (isNew) this.#seenAt.add(key).add(timed);
    return isNew;
  }

  #labelled(head: SeriesHead): SeriesHead {
    const { names, values } = this.#source.reader.constantLabels;
    if (head.labelNames !== this.#given) {
      const given = head.labelNames;
      this.#labelNames = [...names, ...given];
      this.#checkLabelNames();
      this.#order = given
        .map((name, i) => ({ i, name, prefix: `${name.length}:${name}` }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      this.#given = given;
    }
    this.#check(head);
    if (names.length === 0) return head;
    return seriesHead(this.#labelNames, [...values, ...head.labelValues], head);
  }

  /** Throws where Prometheus would not take the labels: those of other programs may begin with `__`. */
  #checkLabelNames(): void {
    const { name, type } = this.#family!;
    const seen = new Set<string>();
    const reserved = type === "stateset" ? name : OWN_LABELS[type];
    if (reserved !== undefined) seen.add(this.#sink.labelName(reserved));
    for (const label of this.#labelNames) {
      if (typeof label !== "string" || label === "" || !label.isWellFormed()) {
        throw invalidLabelName(name, label, "use a non-empty string without lone surrogates");
      }
      if (label === "__name__") throw invalidLabelName(name, label, "it is the metric's name");
      const escaped = this.#sink.labelName(label);
      if (seen.has(escaped)) {
        throw invalidLabelName(name, label, `the series has the label ${escaped} already`);
      }
      seen.add(escaped);
    }
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
      if (Number.isNaN(time) || (Number.isFinite(time) && time < MAX_TIME)) continue;
      throw invalidValue(name, time, "a time is in seconds, or NaN where it is not known");
    }
    // The text format has no times before 1970: one such line, and Prometheus refuses the page.
    if (timestamp < 0) throw invalidValue(name, timestamp, "a timestamp is in seconds since 1970");
  }

  #number(value: unknown): number {
    if (typeof value === "number") return value;
    throw invalidValue(this.#source.name, value, "use a number");
  }
}

/** In seconds: as milliseconds it is the largest integer that Prometheus reads. */
const MAX_TIME = 2 ** 63 / 1000;

const COUNTER: readonly MetricType[] = ["counter"];
const GAUGE: readonly MetricType[] = ["gauge"];
const HISTOGRAM: readonly MetricType[] = ["histogram", "gaugehistogram"];
const SUMMARY: readonly MetricType[] = ["summary"];
const INFO: readonly MetricType[] = ["info"];
const STATE_SET: readonly MetricType[] = ["stateset"];
const UNKNOWN: readonly MetricType[] = ["unknown"];

/** The labels that a type adds to its samples. */
const OWN_LABELS: { readonly [Type in MetricType]?: string } = {
  histogram: "le",
  gaugehistogram: "le",
  summary: "quantile",
};

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
