import { formatBound } from "../model/bound.ts";
import { exposedName, type Family } from "../model/family.ts";
import type {
  CompositeHistogram,
  CumulativeBucket,
  FamilyDefinition,
  MetricFamily,
  MetricSample,
} from "../model/metric-family.ts";
import type {
  Exemplar,
  HistogramValue,
  MetricSource,
  SampleSink,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../model/sample-sink.ts";

/** A source that knows its definition, as instruments do. */
interface DefinedSource extends Pick<MetricSource, "visit"> {
  readonly definition: { readonly labelNames: readonly string[]; readonly signature: string };
}

/** What instruments have at this moment, as a copy, and what they were made from. */
export function readDefinedFamilies(sources: Iterable<DefinedSource>): MetricFamily[] {
  return Array.from(sources).flatMap((source) =>
    readFamilies([source]).map((family) => ({ ...family, definition: definitionOf(source) })),
  );
}

function definitionOf({ definition }: DefinedSource): FamilyDefinition {
  const { buckets = [], native } = JSON.parse(definition.signature);
  return { labelNames: [...definition.labelNames], buckets, isNative: native !== undefined };
}

/** What sources have at this moment, as a copy. Their `collect` is not called. */
export function readFamilies(sources: Iterable<Pick<MetricSource, "visit">>): MetricFamily[] {
  const reader = new FamilyReader();
  for (const source of sources) for (const _ of source.visit(reader) ?? []);
  return reader.families;
}

/** What a sample has besides its name and its value. */
type Rest = Partial<Pick<MetricSample, "composite" | "exemplars">> & {
  /** The label that tells it from other samples of its series. */
  readonly own?: readonly [name: string, value: string];
};

/** A sink that keeps what it is given, as the samples that a page of text has. */
class FamilyReader implements SampleSink {
  readonly hasLines = true;
  readonly families: MetricFamily[] = [];
  #family: Family = { name: "", help: "", type: "unknown" };
  #samples: MetricSample[] = [];

  family(family: Family): void {
    const { name, help, type, unit, bare } = family;
    this.#family = family;
    this.#samples = [];
    this.families.push({
      name,
      help,
      type,
      ...(unit === undefined ? {} : { unit }),
      ...(bare === undefined ? {} : { bare }),
      samples: this.#samples,
    });
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.#add(head, exposedName(this.#family), value, { exemplars: listOf(exemplar) });
  }

  gauge(head: SeriesHead, value: number): void {
    this.#add(head, this.#family.name, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.#add(head, this.#family.name, value);
  }

  info(head: SeriesHead): void {
    this.#add(head, exposedName(this.#family), 1);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    const { name } = this.#family;
    value.states.forEach((state, i) => {
      this.#add(head, name, value.isSet(i) ? 1 : 0, { own: [name, state] });
    });
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    const { name, type } = this.#family;
    const buckets = cumulative(value);
    buckets.forEach(({ bound, count }, i) => {
      const exemplars = listOf(value.exemplar(i));
      this.#add(head, `${name}_bucket`, count, { own: ["le", formatBound(bound)], exemplars });
    });
    const { count, sum, native } = value;
    if (sum === undefined) return;
    const prefix = type === "gaugehistogram" ? `${name}_g` : `${name}_`;
    this.#add(head, `${prefix}sum`, sum);
    const composite: CompositeHistogram = {
      type: type === "gaugehistogram" ? type : "histogram",
      count,
      sum,
      buckets: native !== undefined && value.bounds.length === 0 ? [] : buckets,
      native: native && withoutExemplars(native),
    };
    this.#add(head, `${prefix}count`, count, { composite, exemplars: native?.exemplars ?? [] });
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    const { name } = this.#family;
    const quantiles = value.quantiles.map((quantile, i) => ({
      quantile,
      value: value.quantile(i),
    }));
    for (const { quantile, value } of quantiles) {
      this.#add(head, name, value, { own: ["quantile", formatBound(quantile)] });
    }
    const { count, sum } = value;
    if (sum !== undefined) this.#add(head, `${name}_sum`, sum);
    if (count === undefined) return;
    const composite = { type: "summary", count, sum: sum ?? Number.NaN, quantiles } as const;
    this.#add(head, `${name}_count`, count, { composite });
  }

  #add(head: SeriesHead, name: string, value: number, rest: Rest = {}): void {
    const { labelNames, labelValues, timestamp, created } = head;
    const { own, composite, exemplars = [] } = rest;
    const labels = labelNames.map((label, i) => [label, labelValues[i]!] as const);
    this.#samples.push({
      name,
      labels: Object.fromEntries(own === undefined ? labels : [...labels, own]),
      value,
      composite,
      timestamp,
      created,
      exemplars,
    });
  }
}

function listOf(exemplar: Exemplar | undefined): readonly Exemplar[] {
  return exemplar === undefined ? [] : [exemplar];
}

function cumulative(value: HistogramValue): CumulativeBucket[] {
  let count = 0;
  return [...value.bounds, Number.POSITIVE_INFINITY].map((bound, i) => {
    count += value.bucketCount(i);
    return { bound, count };
  });
}

function withoutExemplars({
  exemplars: _,
  ...native
}: NonNullable<HistogramValue["native"]>): CompositeHistogram["native"] {
  return native;
}
