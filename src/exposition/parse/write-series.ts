import type { Exemplar } from "../../model/exemplar.ts";
import type { SampleSink, StateSetValue, SummaryValue } from "../../model/sample-sink.ts";
import type { CompositeSummary } from "./composite-value.ts";
import { parseNumber } from "./number.ts";
import { histogramOfComposite, histogramOfLines, type PageHistogram } from "./page-histogram.ts";
import type { ParsedFamily, ParsedSample } from "./parsed-family.ts";
import type { Series } from "./series.ts";

/** Hands one series of a family to a sink. */
export function writeSeries(
  sink: SampleSink,
  family: ParsedFamily,
  { head, samples }: Series,
): void {
  const { name, type } = family;
  const [first] = samples as [ParsedSample];
  const partOf = (suffix: string): number | undefined =>
    samples.find((sample) => sample.name === name + suffix)?.value;

  switch (type) {
    case "counter": {
      const total = samples.find((sample) => sample.name !== `${name}_created`);
      if (total !== undefined) sink.counter(head, total.value, newest(total.exemplars));
      break;
    }
    case "gauge":
      sink.gauge(head, first.value);
      break;
    case "histogram":
      sink.histogram(head, toHistogram(family, samples, partOf("_count"), partOf("_sum")));
      break;
    case "gaugehistogram":
      sink.histogram(head, toHistogram(family, samples, partOf("_gcount"), partOf("_gsum")));
      break;
    case "summary":
      sink.summary(head, toSummary(family, samples, partOf("_count"), partOf("_sum")));
      break;
    case "info":
      sink.info(head);
      break;
    case "stateset":
      sink.stateSet(head, toStateSet(family, samples));
      break;
    case "unknown":
      sink.unknown(head, first.value);
  }
}

function toHistogram(
  { name }: ParsedFamily,
  samples: readonly ParsedSample[],
  count: number | undefined,
  sum: number | undefined,
): PageHistogram {
  const [{ composite, exemplars }] = samples as [ParsedSample];
  if (composite?.type === "histogram" || composite?.type === "gaugehistogram") {
    return histogramOfComposite(composite, exemplars);
  }
  const buckets = samples
    .filter((sample) => sample.name === `${name}_bucket`)
    .map((sample) => ({
      bound: parseNumber(sample.labels.le!)!,
      count: sample.value,
      exemplar: newest(sample.exemplars),
    }));
  return histogramOfLines(buckets, count, sum);
}

function toSummary(
  { name }: ParsedFamily,
  samples: readonly ParsedSample[],
  count: number | undefined,
  sum: number | undefined,
): SummaryValue {
  const [{ composite }] = samples as [ParsedSample];
  if (composite?.type === "summary") {
    return summaryOf(composite.quantiles, composite.count, composite.sum);
  }
  const values = new Map<number, number>();
  for (const { labels, value } of samples.filter((sample) => sample.name === name)) {
    const quantile = parseNumber(labels.quantile!)!;
    if (!values.has(quantile)) values.set(quantile, value);
  }
  return summaryOf(
    Array.from(values, ([quantile, value]) => ({ quantile, value })),
    count,
    sum,
  );
}

function summaryOf(
  quantiles: CompositeSummary["quantiles"],
  count: number | undefined,
  sum: number | undefined,
): SummaryValue {
  return {
    quantiles: quantiles.map(({ quantile }) => quantile),
    quantile: (i) => quantiles[i]!.value,
    count,
    sum,
  };
}

function toStateSet({ name }: ParsedFamily, samples: readonly ParsedSample[]): StateSetValue {
  return {
    states: samples.map(({ labels }) => labels[name]!),
    isSet: (i) => samples[i]!.value === 1,
  };
}

function newest(exemplars: readonly Exemplar[]): Exemplar | undefined {
  return exemplars.reduce<Exemplar | undefined>(
    (best, each) => (best !== undefined && best.timestamp > each.timestamp ? best : each),
    undefined,
  );
}
