import type { MetricType } from "../../model/family.ts";
import type { SeriesHead } from "../../model/sample-sink.ts";
import { parseNumber } from "./number.ts";
import { ownLabel } from "./own-label.ts";
import type { ParsedFamily, ParsedSample } from "./parsed-family.ts";
import { labelsKey } from "./parsed-labels.ts";

/** Types of which each sample is a series by itself. */
const SINGLE: readonly MetricType[] = ["gauge", "info", "unknown"];

/** What the samples of one series say of one time. */
export interface Series {
  readonly head: SeriesHead;
  readonly samples: readonly ParsedSample[];
}

/** The family's series, in the order in which the page begins them. */
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

/** Whether the sample has a place in the model: the text format lets stray ones through. */
function isPart(family: ParsedFamily, sample: ParsedSample, own: string | undefined): boolean {
  if (family.type === "counter" || family.type === "stateset") return true;
  if (sample.composite !== undefined) return true;
  if (own === undefined) return sample.name !== family.name;
  return !Number.isNaN(parseNumber(sample.labels[own] ?? "") ?? Number.NaN);
}

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
