import type { Family, MetricType } from "../../model/family.ts";
import type { MetricSource, SampleSink, SeriesHead } from "../../model/sample-sink.ts";
import { labelsKey, ownLabel } from "./labels.ts";
import { parseNumber } from "./line-reader.ts";
import type { ParsedSample } from "./sample.ts";
import { histogramOf, newestExemplar, stateSetOf, summaryOf } from "./series-value.ts";

/** A metric family and its samples, in the order of the page. */
export interface ParsedFamily extends Family {
  readonly samples: readonly ParsedSample[];
}

/** The name under which the model knows a family: a page adds `_total` or `_info` to some names. */
export function withoutSuffix(name: string, type: MetricType): Pick<Family, "name" | "bare"> {
  const suffix = type === "counter" ? "_total" : type === "info" ? "_info" : "";
  if (suffix === "") return { name };
  const length = name.length - suffix.length;
  return length > 0 && name.endsWith(suffix)
    ? { name: name.slice(0, length) }
    : { name, bare: true };
}

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
    for (const family of this.families) {
      const typed = withTypeOfValues(family);
      sink.family(typed);
      for (const series of seriesOf(typed)) {
        writeSeries(sink, typed, series);
        visited += 1;
        if (visited % SERIES_PER_SLICE === 0) yield;
      }
    }
  }
}

/** The family; if it is of unknown type but has composite values, with the type of these. */
function withTypeOfValues(family: ParsedFamily): ParsedFamily {
  const type = family.samples[0]?.composite?.type ?? family.type;
  return type === family.type ? family : { ...family, type };
}

/** The samples of one series at one time. */
export interface Series {
  readonly head: SeriesHead;
  readonly samples: readonly ParsedSample[];
}

/** Types whose samples are a series each. */
const SINGLE: readonly MetricType[] = ["gauge", "info", "unknown"];

/** Groups the family's samples into series, in the order of their first samples. */
export function* seriesOf(family: ParsedFamily): Generator<Series> {
  const nameLists = new Map<string, readonly string[]>();
  const groups = SINGLE.includes(family.type)
    ? family.samples.map((sample) => [sample])
    : grouped(family).values();
  for (const samples of groups) yield { head: headOf(family, samples, nameLists), samples };
}

function grouped(family: ParsedFamily): Map<string, ParsedSample[]> {
  const groups = new Map<string, ParsedSample[]>();
  for (const sample of family.samples) {
    const own = ownLabel(family, sample.name);
    if (!isPart(family, sample, own)) continue;
    const key = `${sample.timestamp} ${labelsKey(sample.labels, own)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  return groups;
}

/** Whether the model has a place for the sample: the text format lets stray ones through. */
function isPart(family: ParsedFamily, sample: ParsedSample, own: string | undefined): boolean {
  if (family.type === "counter" || family.type === "stateset") return true;
  if (sample.composite !== undefined) return true;
  if (own === undefined) return sample.name !== family.name;
  return !Number.isNaN(parseNumber(sample.labels[own] ?? "") ?? Number.NaN);
}

/** @param nameLists the lists of label names so far: sinks recognise a list that they know */
function headOf(
  family: ParsedFamily,
  samples: readonly ParsedSample[],
  nameLists: Map<string, readonly string[]>,
): SeriesHead {
  const [first] = samples as [ParsedSample];
  const own = ownLabel(family, first.name);
  const names = Object.keys(first.labels).filter((name) => name !== own);
  const key = JSON.stringify(names);
  const labelNames = nameLists.get(key) ?? names;
  nameLists.set(key, labelNames);
  const created = samples.find(({ name }) => name === `${family.name}_created`);
  return {
    labelNames,
    labelValues: labelNames.map((name) => first.labels[name]!),
    created: created?.value ?? first.created,
    timestamp: first.timestamp,
    slot: 0,
    tenancy: 0,
  };
}

function writeSeries(sink: SampleSink, family: ParsedFamily, { head, samples }: Series): void {
  const [first] = samples as [ParsedSample];
  switch (family.type) {
    case "counter": {
      const total = samples.find(({ name }) => name !== `${family.name}_created`);
      if (total !== undefined) sink.counter(head, total.value, newestExemplar(total));
      break;
    }
    case "gauge":
      sink.gauge(head, first.value);
      break;
    case "histogram":
    case "gaugehistogram":
      sink.histogram(head, histogramOf(family, samples));
      break;
    case "summary":
      sink.summary(head, summaryOf(family, samples));
      break;
    case "info":
      sink.info(head);
      break;
    case "stateset":
      sink.stateSet(head, stateSetOf(family, samples));
      break;
    case "unknown":
      sink.unknown(head, first.value);
  }
}
