import { format } from "node:util";
import type { LabelledSummary, Registry, SummarySeries, SummaryValue } from "../../../index.ts";
import { QuantileWindow } from "../exact/quantile-window.ts";
import type { MetricJson, SampleJson } from "../page/json.ts";
import type { PageBytes } from "../page/page-bytes.ts";
import { boundText, braced, numberText, type PageStyle } from "../page/text.ts";
import type { GivenLabels } from "./given-labels.ts";
import { type Configuration, Metric } from "./metric.ts";
import { NO_LABELS } from "./series-finder.ts";
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
  declare compressCount: number;
  /** Which quantile of the family each percentile is. */
  declare protected places: readonly number[];
  /** What each series has for the exact text of prom-client. */
  readonly #windows = new Map<string, QuantileWindow>();

  constructor(config: SummaryConfiguration) {
    super(config, { percentiles: DEFAULT_PERCENTILES, compressCount: 1000 });
    if (this.isExact && this.labelNames.length === 0) this.windowOf(NO_LABELS);
  }

  get type(): string {
    return "summary";
  }

  protected define(registry: Registry): LabelledSummary<string> {
    const { percentiles, maxAgeSeconds, ageBuckets } = this;
    const quantiles = percentiles.map(quantileOf);
    const all = [...new Set(quantiles)];
    this.places = quantiles.map((quantile) => all.indexOf(quantile));
    return registry.summary<string>({
      ...this.options(),
      quantiles: all,
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
    const labels = this.series.labelsOf(args);
    this.series.check(labels);
    const held = this.series.hold(labels);
    return {
      observe: (value: unknown): void => {
        const observed = checkedValue(value === undefined ? labels : value);
        this.observeIn(held.current, labels, observed);
      },
      startTimer: () => this.startTimer(labels),
    };
  }

  /** Sets all series to zero, and keeps them. */
  override reset(): void {
    this.family.reset();
    for (const window of this.#windows.values()) window.reset();
  }

  protected override drop(labels: GivenLabels): void {
    super.drop(labels);
    this.#windows.delete(this.series.keyOf(labels));
  }

  read(): MetricJson {
    const { name, help, type, aggregator } = this;
    this.prune();
    const values = this.reader.read((series, value) => this.samplesOf(series, value)).flat();
    return { name, help, type, values, aggregator };
  }

  write(page: PageBytes, name: string, style: PageStyle, defaults: string): void {
    this.prune();
    const quantiles = this.percentiles.map((q) => `quantile="${boundText(q, style)}"`);
    this.writeSeries(page, (series, value) => {
      const own = this.textOf(series);
      const labels = braced(own, defaults);
      const values = this.quantilesOf(series, value);
      for (const [i, quantile] of quantiles.entries()) {
        const number = numberText(values[i]!, style);
        page.text(`${name}${braced(quantile, own, defaults)} ${number}\n`);
      }
      const sum = numberText(value.sum ?? 0, style);
      page.text(`${name}_sum${labels} ${sum}\n${name}_count${labels} ${value.count}\n`);
    });
  }

  /** Removes the series that have no value in their window any more, if that is asked for. */
  prune(): void {
    if (!this.pruneAgedBuckets || this.percentiles.length === 0) return;
    const empty = this.reader.read(({ labels }, value) => {
      const isEmpty = this.#windows.get(this.series.keyOf(labels))?.isEmpty;
      return (isEmpty ?? Number.isNaN(value.quantile(0))) ? [labels] : [];
    });
    for (const labels of empty.flat()) this.remove(labels);
  }

  private quantilesOf({ labels }: ReadSeries, value: SummaryValue): number[] {
    const window = this.isExact ? this.#windows.get(this.series.keyOf(labels)) : undefined;
    window?.compress();
    return this.percentiles.map(
      (q, i) => (window ? window.quantile(q) : value.quantile(this.places[i]!)) || 0,
    );
  }

  private samplesOf(series: ReadSeries, value: SummaryValue): SampleJson[] {
    const { name, percentiles } = this;
    const { labels } = series;
    const values = this.quantilesOf(series, value);
    const quantiles = percentiles.map((quantile, i) => ({
      labels: { quantile, ...labels },
      value: values[i]!,
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
      this.series.check(checked);
      checkedValue(value);
    }
    this.observeIn(this.series.find(labels), labels, value as number);
  }

  private observeIn(series: SummarySeries, labels: GivenLabels, value: number): void {
    series.observe(value);
    if (this.isExact) this.windowOf(labels).push(value);
  }

  private windowOf(labels: GivenLabels): QuantileWindow {
    const key = this.series.keyOf(labels);
    let window = this.#windows.get(key);
    if (window === undefined) {
      window = new QuantileWindow(this);
      this.#windows.set(key, window);
    }
    return window;
  }
}

/** As for prom-client, those beyond 1, such as 95, are the largest value, and those below 0 the smallest. */
function quantileOf(percentile: unknown): number {
  const quantile = Number(percentile);
  return Number.isNaN(quantile) ? 1 : Math.min(Math.max(quantile, 0), 1);
}

function checkedValue(value: unknown): number {
  if (Number.isFinite(value)) return value as number;
  throw new TypeError(`Value is not a valid number: ${format(value)}`);
}
