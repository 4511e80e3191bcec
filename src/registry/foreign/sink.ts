import { invalidValue, sampleNameTaken } from "../../errors.ts";
import type { PageSink } from "../../exposition/render.ts";
import { exposedName, type Family, type MetricType, suffixOf } from "../../model/family.ts";
import {
  type Exemplar,
  type HistogramValue,
  type SampleSink,
  type SeriesHead,
  type StateSetValue,
  type SummaryValue,
  seriesHead,
} from "../../model/sample-sink.ts";
import type { HistogramShape, SeriesRun } from "../../model/series-run.ts";
import { type Claims, isNamed } from "../families.ts";
import type { Making } from "../page/call.ts";
import { checkedNumber, checkFamily, checkHead, checkLabelNames } from "./checks.ts";
import { GivenSeries } from "./given-series.ts";
import type { Visit } from "./visit.ts";

/** Label names, and their values in the same order. */
export interface Labels {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** What a page requires of registered sources, and whom to tell what is missing. */
export interface ForeignRules {
  readonly claims: Claims;
  /** The page has only families of these names, if given. */
  readonly names: ReadonlySet<string> | undefined;
  /** Reports that something is missing on the page; `where` is the format, if other formats have it. */
  readonly lose: (name: string, reason: unknown, where?: string) => void;
  /** Reports that a source gave a series more than once. */
  readonly repeat: (name: string, labels: object) => void;
  readonly making: Making;
  /** How long a visit that begins now may take, in milliseconds. */
  readonly visitMs: () => number;
}

/** Stands for a family's name until a source has given its first family. */
export const SOURCE = "_source";

interface SinkParts {
  readonly visit: Visit;
  readonly constantLabels: Labels;
  readonly rules: ForeignRules;
  /** Whether the source gives runs of series, whose labels and numbers are right: without constant labels. */
  readonly givesRuns: boolean;
}

/**
 * Writes to the page what a source gives, and adds the registry's constant labels. It leaves out families
 * whose names are taken, families with a fault, and all but the first of equal series.
 */
export class ForeignSink implements SampleSink {
  /** The name of the family that the source gave last. */
  name = SOURCE;
  readonly #page: PageSink;
  readonly #parts: SinkParts;
  /** The current family; undefined if it is left out. */
  #family: Family | undefined;
  /** The length of the page before the current family. */
  #begin = 0;
  /** Whether there was a family, or it was reported that there was none. */
  #hasBegun = false;
  /** The label names of the last series, as the source gave them and with the constant ones. */
  #givenNames: readonly string[] | undefined;
  #labelNames: readonly string[] = [];
  readonly #given = new GivenSeries();
  /** Whether it was reported that the current family has equal series. */
  #isRepeated = false;

  constructor(page: PageSink, parts: SinkParts) {
    this.#page = page;
    this.#parts = parts;
  }

  get hasLines(): boolean {
    return this.#page.hasLines ?? false;
  }

  family(family: Family): void {
    const { visit, rules } = this.#parts;
    visit.check();
    this.name = String(family.name);
    this.#hasBegun = true;
    this.#family = undefined;
    this.#givenNames = undefined;
    this.#given.clear();
    this.#isRepeated = false;
    this.#begin = this.#page.length;
    try {
      checkFamily(family);
      if (isNamed(family, rules.names)) this.#family = this.#claimed(family);
      if (this.#family !== undefined) this.#page.family(this.#family);
    } catch (error) {
      this.#leaveOut(error);
    }
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.#write(head, COUNTER, (labelled) =>
      this.#page.counter(labelled, checkedNumber(this.name, value), exemplar),
    );
  }

  gauge(head: SeriesHead, value: number): void {
    this.#write(head, GAUGE, (labelled) =>
      this.#page.gauge(labelled, checkedNumber(this.name, value)),
    );
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    this.#write(head, HISTOGRAM, (labelled) => this.#page.histogram(labelled, value));
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    this.#write(head, SUMMARY, (labelled) => this.#page.summary(labelled, value));
  }

  info(head: SeriesHead): void {
    this.#write(head, INFO, (labelled) => this.#page.info(labelled));
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    this.#write(head, STATE_SET, (labelled) => this.#page.stateSet(labelled, value));
  }

  unknown(head: SeriesHead, value: number): void {
    this.#write(head, UNKNOWN, (labelled) =>
      this.#page.unknown(labelled, checkedNumber(this.name, value)),
    );
  }

  numbers(run: SeriesRun): number {
    return this.#writeRun(run, NUMBERS, () => this.#page.numbers?.(run));
  }

  histograms(run: SeriesRun, shape: HistogramShape): number {
    return this.#writeRun(run, HISTOGRAM, () => this.#page.histograms?.(run, shape));
  }

  #writeRun(run: SeriesRun, types: readonly MetricType[], write: () => number | undefined): number {
    if (!this.#parts.givesRuns) return run.from;
    this.#parts.visit.check();
    const family = this.#family;
    if (family === undefined) return run.to;
    try {
      checkType(family, types);
      this.#checkNames(family, run.labelNames);
      return write() ?? run.from;
    } catch (error) {
      this.#leaveOut(error);
      return run.to;
    }
  }

  #write(head: SeriesHead, types: readonly MetricType[], write: (head: SeriesHead) => void): void {
    const { visit, rules } = this.#parts;
    visit.check();
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      rules.lose(SOURCE, "it gives samples before their family");
    }
    const family = this.#family;
    if (family === undefined) return;
    try {
      checkType(family, types);
      const labelled = this.#labelled(family, head);
      // A table of series has no label set twice.
      if (head.table !== undefined || this.#given.add(head)) write(labelled);
      else this.#repeat(head);
    } catch (error) {
      this.#leaveOut(error);
    }
  }

  /** Takes the current family off the page, as something is wrong with it. */
  #leaveOut(error: unknown): void {
    this.#family = undefined;
    this.#page.truncate(this.#begin);
    this.#parts.rules.lose(this.name, error);
  }

  /** The family as the page will have it; undefined if the page can not have it beside others. */
  #claimed(family: Family): Family | undefined {
    const { claims, lose } = this.#parts.rules;
    const clash = claims.claim(family, this.#page);
    if (clash === undefined) return family;
    const isStart = clash.name === `${clash.owner}_created`;
    if (isStart && claims.tellsStarts(clash.owner)) return undefined;
    // In OpenMetrics 1.0, the name without the suffix may be taken, and the one with it free.
    const bare: Family = { ...family, name: exposedName(family), bare: true };
    if (suffixOf(family) !== "" && claims.claim(bare, this.#page) === undefined) return bare;
    lose(family.name, sampleNameTaken(clash.name, family.name, clash.owner), claims.format);
    return undefined;
  }

  #repeat({ labelNames, labelValues }: SeriesHead): void {
    if (this.#isRepeated) return;
    this.#isRepeated = true;
    const labels = Object.fromEntries(labelNames.map((name, i) => [name, labelValues[i]]));
    this.#parts.rules.repeat(this.name, labels);
  }

  /** The head with the constant labels. */
  #labelled(family: Family, head: SeriesHead): SeriesHead {
    const { names, values } = this.#parts.constantLabels;
    this.#checkNames(family, head.labelNames);
    checkHead(this.name, head);
    if (names.length === 0) return head;
    return seriesHead(this.#labelNames, [...values, ...head.labelValues], head);
  }

  #checkNames(family: Family, labelNames: readonly string[]): void {
    if (labelNames === this.#givenNames) return;
    this.#labelNames = [...this.#parts.constantLabels.names, ...labelNames];
    checkLabelNames(family, this.#labelNames, this.#page);
    this.#givenNames = labelNames;
  }
}

const NUMBERS: readonly MetricType[] = ["counter", "gauge"];

const COUNTER: readonly MetricType[] = ["counter"];
const GAUGE: readonly MetricType[] = ["gauge"];
const HISTOGRAM: readonly MetricType[] = ["histogram", "gaugehistogram"];
const SUMMARY: readonly MetricType[] = ["summary"];
const INFO: readonly MetricType[] = ["info"];
const STATE_SET: readonly MetricType[] = ["stateset"];
const UNKNOWN: readonly MetricType[] = ["unknown"];

function checkType({ name, type }: Family, types: readonly MetricType[]): void {
  if (types.includes(type)) return;
  const reason = `a family of type ${type} has no series of type ${types[0]}`;
  throw invalidValue(name, types[0], reason);
}
