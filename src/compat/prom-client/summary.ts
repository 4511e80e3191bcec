import { format } from "node:util";
import type { LabelledSummary, Registry, SummarySeries, SummaryValue } from "../../index.ts";
import type { GivenLabels } from "./given-labels.ts";
import type { MetricJson, SampleJson } from "./json.ts";
import { type Configuration, Metric, NO_LABELS } from "./metric.ts";
import { boundText, braced, numberText, type PageStyle } from "./page.ts";
import type { ReadSeries } from "./series-reader.ts";
import { startClock } from "./timer.ts";
import { isObject } from "./validation.ts";

const DEFAULT_PERCENTILES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];

/** 68 years: the quantiles are of all values. */
const FOR_EVER_SECONDS = 2 ** 31;

interface SummaryConfiguration extends Configuration {
  readonly percentiles?: readonly number[];
  readonly maxAgeSeconds?: number;
  readonly ageBuckets?: number;
  readonly pruneAgedBuckets?: boolean;
}

export class Summary extends Metric<SummarySeries, SummaryValue> {
  declare protected readonly family: LabelledSummary<string>;
  declare percentiles: readonly number[];
  declare maxAgeSeconds?: number;
  declare ageBuckets?: number;
  declare pruneAgedBuckets?: boolean;

  constructor(config: SummaryConfiguration) {
    super(config, { percentiles: DEFAULT_PERCENTILES, compressCount: 1000 });
  }

  get type(): string {
    return "summary";
  }

  protected define(registry: Registry): LabelledSummary<string> {
    const { percentiles, maxAgeSeconds, ageBuckets } = this;
    return registry.summary<string>({
      ...this.options(),
      quantiles: percentiles,
      maxAgeSeconds: maxAgeSeconds && ageBuckets ? maxAgeSeconds : FOR_EVER_SECONDS,
    });
  }

  observe(labels?: unknown, value?: unknown): void {
    const given = labels === 0 ? 0 : labels || NO_LABELS;
    if (value === undefined) this.add(NO_LABELS, given, given);
    else this.add(given as GivenLabels, value);
  }

  startTimer(labels?: object) {
    const elapsed = startClock();
    return (rest?: object): number => {
      const seconds = elapsed();
      this.observe({ ...labels, ...rest }, seconds);
      return seconds;
    };
  }

  labels(...args: unknown[]) {
    const labels = this.labelsOf(args);
    this.checkLabels(labels);
    let held!: SummarySeries;
    let removals = -1;
    return {
      observe: (value: unknown): void => {
        const observed = checkedValue(value === undefined ? labels : value);
        if (removals !== this.removals) {
          held = this.seriesOf(labels);
          removals = this.removals;
        }
        held.observe(observed);
      },
      startTimer: () => this.startTimer(labels),
    };
  }

  /** Sets all series to zero, and keeps them. */
  override reset(): void {
    this.family.reset();
  }

  read(): MetricJson {
    const { name, help, type, aggregator } = this;
    this.prune();
    const values = this.reader.read((series, value) => this.samplesOf(series, value)).flat();
    return { name, help, type, values, aggregator };
  }

  lines(name: string, style: PageStyle, defaults: string): string[] {
    this.prune();
    const quantiles = this.percentiles.map((q) => `quantile="${boundText(q, style)}"`);
    return this.reader.read((series, value) => {
      const own = this.textOf(series);
      const labels = braced(own, defaults);
      const lines = quantiles.map((quantile, i) => {
        const number = numberText(value.quantile(i) || 0, style);
        return `${name}${braced(quantile, own, defaults)} ${number}\n`;
      });
      const sum = numberText(value.sum ?? 0, style);
      return `${lines.join("")}${name}_sum${labels} ${sum}\n${name}_count${labels} ${value.count}`;
    });
  }

  /** Removes the series that have no value in their window any more, if that is asked for. */
  prune(): void {
    if (!this.pruneAgedBuckets || this.percentiles.length === 0) return;
    const empty = this.reader.read(({ labels }, value) =>
      Number.isNaN(value.quantile(0)) ? [labels] : [],
    );
    for (const labels of empty.flat()) this.remove(labels);
  }

  private samplesOf({ labels }: ReadSeries, value: SummaryValue): SampleJson[] {
    const { name, percentiles } = this;
    const quantiles = percentiles.map((quantile, i) => ({
      labels: { quantile, ...labels },
      value: value.quantile(i) || 0,
    }));
    return [
      ...quantiles,
      { metricName: `${name}_sum`, labels: { ...labels }, value: value.sum ?? 0 },
      { metricName: `${name}_count`, labels: { ...labels }, value: value.count ?? 0 },
    ];
  }

  /** @param checked what is checked as labels */
  private add(labels: GivenLabels, value: unknown, checked: unknown = labels): void {
    const isPlain = isObject(labels) && Number.isFinite(value);
    if (!isPlain) {
      this.checkLabels(checked);
      checkedValue(value);
    }
    const observed = value as number;
    const series = this.knownSeries(labels);
    if (series !== undefined) {
      series.observe(observed);
      return;
    }
    try {
      this.family.observe(labels as Record<string, string>, observed);
    } catch {
      this.seriesOf(labels).observe(observed);
    }
    this.note(labels);
  }
}

function checkedValue(value: unknown): number {
  if (Number.isFinite(value)) return value as number;
  throw new TypeError(`Value is not a valid number: ${format(value)}`);
}
