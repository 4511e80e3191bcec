import type { MetricType } from "../../model/family.ts";
import type { MetricSource, SampleSink, SeriesHead } from "../../model/sample-sink.ts";
import { type ExposableFamily, exposable } from "./exposable.ts";
import { labelsKey, ownLabel, type ParsedLabels } from "./labels.ts";
import { parseNumber } from "./line-reader.ts";
import type { ParsedFamily } from "./parsed-family.ts";
import type { ParsedSample } from "./sample.ts";
import { histogramOf, newestExemplar, stateSetOf, summaryOf } from "./series-value.ts";

/** A visit may pause after this many series, which take a fraction of a millisecond. */
const SERIES_PER_SLICE = 256;

/** A page that was parsed. It is a source of samples, and so can be exposed again in every format. */
export class ParsedPage implements MetricSource {
  /** In the order of the page. */
  readonly families: readonly ParsedFamily[];

  constructor(families: readonly ParsedFamily[]) {
    this.families = families;
  }

  *visit(sink: SampleSink): Generator<void> {
    let visited = 0;
    for (const family of exposable(this.families, sink.hasLines ?? false)) {
      sink.family(family);
      for (const series of groupIntoSeries(family)) {
        writeSeries(sink, family, series);
        visited += 1;
        if (visited % SERIES_PER_SLICE === 0) yield;
      }
    }
  }
}

/** The samples of one series at one time. */
export interface Series {
  readonly head: SeriesHead;
  readonly samples: readonly ParsedSample[];
}

/** Types whose samples are a series each. */
const SINGLE: readonly MetricType[] = ["gauge", "info", "unknown"];

/** Groups the family's samples into series, in the order of their first samples, each in order of time. */
export function* groupIntoSeries(family: ExposableFamily): Generator<Series> {
  const nameLists = new NameLists();
  for (const samples of groupsOf(family)) {
    yield { head: headOf(family, samples, nameLists), samples };
  }
}

function groupsOf(family: ParsedFamily): Iterable<readonly ParsedSample[]> {
  const { type, samples } = family;
  if (SINGLE.includes(type) && samples.every(({ timestamp }) => Number.isNaN(timestamp))) {
    return alone(samples);
  }
  return grouped(family);
}

function* alone(samples: readonly ParsedSample[]): Generator<readonly ParsedSample[]> {
  for (const sample of samples) yield [sample];
}

/** The samples of each series at each time. */
function* grouped(family: ParsedFamily): Generator<ParsedSample[]> {
  const series = new Map<string, Map<number, ParsedSample[]>>();
  for (const sample of family.samples) {
    const own = ownLabel(family, sample.name);
    if (!isPart(family, sample, own)) continue;
    const key = labelsKey(sample.labels, own);
    const times = series.get(key) ?? new Map<number, ParsedSample[]>();
    series.set(key, times);
    const group = times.get(sample.timestamp);
    if (group === undefined) times.set(sample.timestamp, [sample]);
    else group.push(sample);
  }
  for (const times of series.values()) {
    if (times.size === 1) yield* times.values();
    else for (const time of [...times.keys()].sort((a, b) => a - b)) yield times.get(time)!;
  }
}

/** Whether the model has a place for the sample: the text format lets stray ones through. */
function isPart(family: ParsedFamily, sample: ParsedSample, own: string | undefined): boolean {
  if (SINGLE.includes(family.type) || family.type === "counter" || family.type === "stateset") {
    return true;
  }
  if (sample.composite !== undefined) return true;
  if (own === undefined) return sample.name !== family.name;
  return !Number.isNaN(parseNumber(sample.labels[own] ?? "") ?? Number.NaN);
}

/** Gives equal lists of label names as one array, as sinks recognise an array that they know. */
class NameLists {
  #last: readonly string[] = [];
  readonly #all = new Map<string, readonly string[]>();

  /** The names of the labels; `own` is left out. */
  of(labels: ParsedLabels, own: string | undefined): readonly string[] {
    let names = Object.keys(labels);
    if (own !== undefined) names = names.filter((name) => name !== own);
    const last = this.#last;
    // Mostly the list is that of the series before.
    if (names.length !== last.length || !names.every((name, i) => name === last[i])) {
      const key = JSON.stringify(names);
      this.#last = this.#all.get(key) ?? names;
      this.#all.set(key, this.#last);
    }
    return this.#last;
  }
}

function headOf(
  family: ExposableFamily,
  samples: readonly ParsedSample[],
  nameLists: NameLists,
): SeriesHead {
  const [first] = samples as [ParsedSample];
  const own = ownLabel(family, first.name);
  const labelNames = nameLists.of(first.labels, own);
  const createdName = `${family.name}_created`;
  const created = SINGLE.includes(family.type)
    ? undefined
    : samples.find(({ name }) => name === createdName);
  const start = family.starts?.get(labelsKey(first.labels, own));
  return {
    labelNames,
    labelValues: labelNames.map((name) => first.labels[name]!),
    created: start ?? created?.value ?? first.created,
    timestamp: first.timestamp,
    slot: 0,
    tenancy: 0,
  };
}

function writeSeries(sink: SampleSink, family: ParsedFamily, { head, samples }: Series): void {
  switch (family.type) {
    case "counter": {
      for (const sample of samples) {
        if (sample.name === `${family.name}_created`) continue;
        sink.counter(head, sample.value, newestExemplar(sample));
      }
      break;
    }
    case "gauge":
      for (const { value } of samples) sink.gauge(head, value);
      break;
    case "histogram":
    case "gaugehistogram":
      sink.histogram(head, histogramOf(family, samples));
      break;
    case "summary":
      sink.summary(head, summaryOf(family, samples));
      break;
    case "info":
      for (const _ of samples) sink.info(head);
      break;
    case "stateset":
      sink.stateSet(head, stateSetOf(family, samples));
      break;
    case "unknown":
      for (const { value } of samples) sink.unknown(head, value);
  }
}
