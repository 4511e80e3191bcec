import { format } from "node:util";
import type { CounterSeries, LabelledCounter, Registry } from "../../../index.ts";
import type { MetricJson } from "../page/json.ts";
import type { PageBytes } from "../page/page-bytes.ts";
import { braced, exemplarText, numberText, type PageStyle } from "../page/text.ts";
import type { GivenLabels, Labels } from "./given-labels.ts";
import { type Configuration, Metric } from "./metric.ts";
import { NO_LABELS } from "./series-finder.ts";
import { isObject } from "./validation.ts";

/** An update with an exemplar. */
interface Increase {
  readonly labels?: GivenLabels;
  readonly value?: unknown;
  readonly exemplarLabels?: GivenLabels;
}

export class Counter extends Metric<CounterSeries, number> {
  declare protected readonly family: LabelledCounter<string>;

  constructor(config: Configuration) {
    super(config, {});
  }

  get type(): string {
    return "counter";
  }

  protected define(registry: Registry): LabelledCounter<string> {
    const bare = !this.name.endsWith("_total");
    return registry.counter<string>({ ...this.options(), bare });
  }

  inc(labels?: unknown, value?: unknown): void {
    if (this.enableExemplars) this.increase(labels as Increase | undefined);
    else if (isObject(labels)) this.add(labels as GivenLabels, value);
    else this.add(NO_LABELS, labels);
  }

  labels(...args: unknown[]) {
    const labels = this.series.labelsOf(args);
    const held = this.series.hold(labels);
    return {
      inc: (value: unknown = 1): void => {
        const by = isIncrement(value) ? value : this.checkIncrement(labels, value);
        held.current.inc(by);
      },
    };
  }

  read(): MetricJson {
    const { name, help, type, aggregator } = this;
    const values = this.reader.read((series, value, own) => {
      const exemplar = this.exemplarOf(series, 0, own);
      const labels = { ...series.labels };
      return exemplar === undefined ? { value, labels } : { value, labels, exemplar };
    });
    return { help, name, type, values, aggregator };
  }

  write(page: PageBytes, name: string, style: PageStyle, defaults: string): void {
    const sample = style.isOpenMetrics ? `${name}_total` : name;
    this.writeSeries(page, (series, value, exemplar) => {
      const labels = braced(this.textOf(series), defaults);
      const example = exemplarText(this.exemplarOf(series, 0, exemplar), style);
      page.text(`${sample}${labels} ${numberText(value, style)}${example}\n`);
    });
  }

  private add(labels: GivenLabels, value: unknown = 1): void {
    const by = isIncrement(value) ? value : this.checkIncrement(labels, value);
    const { family, series } = this;
    if (series.areUsual) {
      try {
        family.inc(labels as Labels, by);
        series.note(labels, family.size);
        return;
      } catch {
        // `find` takes more label sets, and throws what prom-client does.
      }
    }
    series.find(labels).inc(by);
  }

  private increase({ labels = NO_LABELS, value, exemplarLabels }: Increase = {}): void {
    // As for prom-client, a value that is no label set is the increment.
    const given = isObject(labels) ? labels : NO_LABELS;
    const by = this.checkIncrement(given, isObject(labels) ? value : labels);
    const series = this.series.find(given);
    if (exemplarLabels === undefined) {
      series.inc(by);
      return;
    }
    const added = value === undefined ? 1 : Number(value);
    const ofExemplar = () =>
      (this.behaviour.exemplarsHaveTotals ? this.totalOf(given) : added) || 1;
    const exemplar = { labels: exemplarLabels, place: 0, value: ofExemplar };
    this.updateWithExemplar(given, exemplar, (options) => series.inc(by, options));
  }

  private totalOf(labels: GivenLabels): number {
    const key = this.series.keyOf(labels);
    const totals = this.reader.read((series, value) =>
      this.series.keyOf(series.labels) === key ? value : 0,
    );
    return Math.max(...totals);
  }

  /** What an update adds; throws if that is none. */
  private checkIncrement(labels: GivenLabels, value: unknown): number {
    if (!this.behaviour.checksValueFirst) this.series.check(labels);
    if ((value && !Number.isFinite(value)) || Number.isNaN(value)) {
      throw new TypeError(`Value is not a valid number: ${format(value)}`);
    }
    if ((value as number) < 0) throw new Error("It is not possible to decrease a counter");
    return Number(value ?? 1);
  }
}

function isIncrement(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}
