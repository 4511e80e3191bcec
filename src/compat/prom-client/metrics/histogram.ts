import { format } from "node:util";
import type {
  HistogramSeries,
  HistogramValue,
  LabelledHistogram,
  Registry,
  UpdateOptions,
} from "../../../index.ts";
import type { MetricJson, SampleJson } from "../page/json.ts";
import type { PageBytes } from "../page/page-bytes.ts";
import { boundText, braced, exemplarText, numberText, type PageStyle } from "../page/text.ts";
import type { GivenLabels, Labels } from "./given-labels.ts";
import { type Configuration, Metric } from "./metric.ts";
import { NO_LABELS } from "./series-finder.ts";
import type { Read, ReadSeries } from "./series-reader.ts";
import { startClock } from "./timer.ts";
import { isObject } from "./validation.ts";

const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface HistogramConfiguration extends Configuration {
  readonly buckets?: readonly number[];
  readonly native?: boolean;
}

/** An update with an exemplar. */
interface Observation {
  readonly labels?: GivenLabels;
  readonly value?: unknown;
  readonly exemplarLabels?: GivenLabels;
}

export class Histogram extends Metric<HistogramSeries, HistogramValue> {
  declare protected readonly family: LabelledHistogram<string>;
  declare buckets: readonly number[];
  declare native?: boolean;

  constructor(config: HistogramConfiguration) {
    super(config, { buckets: DEFAULT_BUCKETS });
  }

  get type(): string {
    return "histogram";
  }

  get upperBounds(): readonly number[] {
    return this.buckets;
  }

  protected define(registry: Registry): LabelledHistogram<string> {
    this.buckets = usableBounds(this.buckets);
    const { buckets, native = false } = this;
    return registry.histogram<string>({ ...this.options(), buckets, native });
  }

  observe(labels?: unknown, value?: unknown): void {
    if (this.enableExemplars) this.observeWithExemplar(labels as Observation | undefined);
    else if (isObject(labels)) this.add(labels as GivenLabels, value);
    else if (labels || labels === 0) this.add(NO_LABELS, labels);
    else this.add(NO_LABELS, value);
  }

  /** Puts a series at zero onto the page. */
  zero(labels: GivenLabels): void {
    this.drop(labels);
    this.series.find(labels);
  }

  startTimer(labels?: object, exemplarLabels?: object) {
    const elapsed = startClock();
    return (rest?: object, exemplarRest?: object): number => {
      const seconds = elapsed();
      const all = { ...labels, ...rest };
      if (this.enableExemplars) {
        const exemplar = { ...exemplarLabels, ...exemplarRest };
        this.observe({ labels: all, value: seconds, exemplarLabels: exemplar });
      } else this.observe(all, seconds);
      return seconds;
    };
  }

  labels(...args: unknown[]) {
    const labels = this.series.labelsOf(args);
    this.series.check(labels);
    const held = this.series.hold(labels);
    const observe = (value: unknown): void => {
      const observed = this.checkedValue(labels, value);
      held.current.observe(observed);
    };
    return {
      observe,
      startTimer: () => {
        const elapsed = startClock();
        return (rest?: object): number => {
          const seconds = elapsed();
          this.add({ ...labels, ...rest }, seconds);
          return seconds;
        };
      },
    };
  }

  read(): MetricJson {
    return this.json((series, value) => this.samplesOf(series.labels, series, value));
  }

  override readShared(): MetricJson {
    return this.json((series, value) =>
      this.samplesOf({}, series, value).map((sample) => ({
        ...sample,
        sharedLabels: series.labels,
      })),
    );
  }

  private json(samplesOf: Read<HistogramValue, SampleJson[]>): MetricJson {
    const { name, help, type, aggregator } = this;
    const values: SampleJson[] = [];
    for (const samples of this.reader.read(samplesOf)) values.push(...samples);
    return { name, help, type, values, aggregator };
  }

  private samplesOf(labels: GivenLabels, series: ReadSeries, value: HistogramValue): SampleJson[] {
    const { name, buckets, enableExemplars } = this;
    const samples: SampleJson[] = [];
    // A copy of an object is made faster than a new one from its parts.
    const withBound: Record<string, unknown> = { le: "+Inf", ...labels };
    const bucketName = `${name}_bucket`;
    let count = 0;
    for (let i = 0; i <= buckets.length; i += 1) {
      count += value.bucketCount(i);
      const exemplar = enableExemplars ? this.exemplarOf(series, i, value.exemplar(i)) : undefined;
      // As prom-client has it, which has a place for the exemplars of all buckets but the last.
      const none = enableExemplars && i === buckets.length ? undefined : null;
      withBound.le = i < buckets.length ? buckets[i] : "+Inf";
      samples.push({
        value: count,
        metricName: bucketName,
        exemplar: exemplar ?? none,
        labels: { ...withBound },
      });
    }
    const sum = value.sum ?? 0;
    samples.push(
      { value: sum, metricName: `${name}_sum`, exemplar: undefined, labels: { ...labels } },
      { value: count, metricName: `${name}_count`, exemplar: undefined, labels: { ...labels } },
    );
    return samples;
  }

  write(page: PageBytes, name: string, style: PageStyle, defaults: string): void {
    const bounds = [...this.buckets.map((bound) => boundText(bound, style)), "+Inf"];
    const starts = bounds.map((le) => {
      const labels = defaults === "" ? `le="${le}"` : `le="${le}",${defaults}`;
      return Buffer.from(`${name}_bucket{${labels}`);
    });
    const hasExemplars = this.enableExemplars && style.isOpenMetrics;
    this.writeSeries(page, (series, value) => {
      const own = this.textOf(series);
      let count = 0;
      const middle = { from: 0, to: 0 };
      for (let i = 0; i < starts.length; i += 1) {
        count += value.bucketCount(i);
        page.bytes(starts[i]!);
        if (i > 0) page.again(middle);
        else {
          middle.from = page.length;
          page.text(own === "" ? "} " : `,${own}} `);
          middle.to = page.length;
        }
        if (hasExemplars) {
          const exemplar = this.exemplarOf(series, i, value.exemplar(i));
          page.text(`${count}${exemplarText(exemplar, style)}\n`);
        } else page.count(count);
      }
      const labels = braced(defaults, own);
      const sum = numberText(value.sum ?? 0, style);
      page.text(`${name}_sum${labels} ${sum}\n${name}_count${labels} ${count}\n`);
    });
  }

  private add(labels: GivenLabels, value: unknown): void {
    const observed = this.checkedValue(labels, value);
    const { family, series } = this;
    if (series.areUsual) {
      try {
        family.observe(labels as Labels, observed);
        series.note(labels, family.size);
        return;
      } catch {
        // `find` takes more label sets, and throws what prom-client does.
      }
    }
    series.find(labels).observe(observed);
  }

  private observeWithExemplar({
    labels = NO_LABELS,
    value,
    exemplarLabels,
  }: Observation = {}): void {
    const given = isObject(labels) ? labels : NO_LABELS;
    const observed = this.checkedValue(given, isObject(labels) ? value : (labels ?? value));
    const series = this.series.find(given);
    const update = (options?: UpdateOptions) => series.observe(observed, options);
    if (exemplarLabels === undefined || Object.keys(exemplarLabels).length === 0) update();
    else {
      const bound = this.buckets.findIndex((bound) => observed <= bound);
      const place = bound < 0 ? this.buckets.length : bound;
      const exemplar = { labels: exemplarLabels, place, value: () => observed };
      this.updateWithExemplar(given, exemplar, update);
    }
  }

  private checkedValue(labels: GivenLabels, value: unknown): number {
    if (Number.isFinite(value)) return value as number;
    if (!this.behaviour.checksValueFirst) this.series.check(labels);
    throw new TypeError(`Value is not a valid number: ${format(value)}`);
  }
}

/** The finite bounds in ascending order: with others, pages would have wrong counts. */
function usableBounds(bounds: readonly number[]): readonly number[] {
  const finite = bounds.map(Number).filter(Number.isFinite);
  return Object.freeze([...new Set(finite)].sort((a, b) => a - b));
}
