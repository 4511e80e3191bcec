import { format } from "node:util";
import type { CounterSeries, LabelledCounter, Registry } from "../../index.ts";
import { withExemplar } from "./exemplar.ts";
import type { GivenLabels } from "./given-labels.ts";
import { exemplarJson, type MetricJson } from "./json.ts";
import { type Configuration, Metric, NO_LABELS } from "./metric.ts";
import { braced, exemplarText, numberText, type PageStyle } from "./page.ts";
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
    const labels = this.labelsOf(args);
    let series!: CounterSeries;
    let removals = -1;
    return {
      inc: (value: unknown = 1): void => {
        const by = isIncrement(value) ? value : this.checkIncrement(labels, value);
        if (removals !== this.removals) {
          series = this.seriesOf(labels);
          removals = this.removals;
        }
        series.inc(by);
      },
    };
  }

  read(): MetricJson {
    const { name, help, type, aggregator } = this;
    const values = this.reader.read(({ labels }, value, exemplar) => ({
      value,
      labels: { ...labels },
      ...(exemplar === undefined ? {} : { exemplar: exemplarJson(exemplar) }),
    }));
    return { help, name, type, values, aggregator };
  }

  lines(name: string, style: PageStyle, defaults: string): string[] {
    const sample = style.isOpenMetrics ? `${name}_total` : name;
    return this.reader.read((series, value, exemplar) => {
      const labels = braced(this.textOf(series), defaults);
      const example = exemplar && exemplarText(exemplarJson(exemplar), style);
      return `${sample}${labels} ${numberText(value, style)}${example ?? ""}`;
    });
  }

  private add(labels: GivenLabels, value: unknown = 1): void {
    const by = isIncrement(value) ? value : this.checkIncrement(labels, value);
    const series = this.knownSeries(labels);
    if (series !== undefined) {
      series.inc(by);
      return;
    }
    try {
      this.family.inc(labels as Record<string, string>, by);
    } catch {
      this.seriesOf(labels).inc(by);
    }
    this.note(labels);
  }

  private increase({ labels = NO_LABELS, value, exemplarLabels }: Increase = {}): void {
    // As for prom-client, a value that is no label set is the increment.
    const given = isObject(labels) ? labels : NO_LABELS;
    const by = this.checkIncrement(given, isObject(labels) ? value : labels);
    const series = this.seriesOf(given);
    if (exemplarLabels === undefined) series.inc(by);
    else withExemplar(exemplarLabels, (options) => series.inc(by, options));
  }

  /** What an update adds; throws if that is none. */
  private checkIncrement(labels: GivenLabels, value: unknown): number {
    if (!this.behaviour.checksValueFirst) this.checkLabels(labels);
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
