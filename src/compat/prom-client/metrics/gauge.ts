import { format } from "node:util";
import type { GaugeSeries, LabelledGauge, Registry } from "../../../index.ts";
import type { MetricJson } from "../page/json.ts";
import type { PageBytes } from "../page/page-bytes.ts";
import { braced, numberText, type PageStyle } from "../page/text.ts";
import type { GivenLabels, Labels } from "./given-labels.ts";
import { type Configuration, Metric } from "./metric.ts";
import { NO_LABELS } from "./series-finder.ts";
import { startClock } from "./timer.ts";
import { isObject } from "./validation.ts";

export class Gauge extends Metric<GaugeSeries, number> {
  declare protected readonly family: LabelledGauge<string>;

  constructor(config: Configuration) {
    super(config, {});
  }

  get type(): string {
    return "gauge";
  }

  protected define(registry: Registry): LabelledGauge<string> {
    return registry.gauge<string>(this.options());
  }

  set(labels: unknown, value?: unknown): void {
    if (isObject(labels)) this.setTo(labels as GivenLabels, value);
    else this.setTo(NO_LABELS, labels);
  }

  inc(labels?: unknown, value?: unknown): void {
    if (isObject(labels)) this.add(labels as GivenLabels, this.delta(value));
    else this.add(NO_LABELS, this.delta(labels));
  }

  dec(labels?: unknown, value?: unknown): void {
    if (isObject(labels)) this.add(labels as GivenLabels, -this.reduction(value));
    else this.add(NO_LABELS, -this.reduction(labels));
  }

  setToCurrentTime(labels?: unknown): void {
    const now = Date.now() / 1000;
    if (labels === undefined) this.set(now);
    else this.set(labels, now);
  }

  startTimer(labels?: object): (rest?: object) => number {
    const elapsed = startClock();
    return (rest) => {
      const seconds = elapsed();
      this.set({ ...labels, ...rest }, seconds);
      return seconds;
    };
  }

  labels(...args: unknown[]) {
    const labels = this.series.labelsOf(args);
    this.series.check(labels);
    const held = this.series.hold(labels);
    return {
      inc: (value?: unknown): void => {
        const delta = this.delta(value);
        held.current.inc(delta);
      },
      dec: (value?: unknown): void => {
        const reduction = this.reduction(value);
        held.current.inc(-reduction);
      },
      set: (value: unknown): void => {
        const to = checkedValue(value);
        held.current.set(to);
      },
      setToCurrentTime: (): void => held.current.set(Date.now() / 1000),
      startTimer: () => this.startTimer(labels),
    };
  }

  read(): MetricJson {
    const { name, help, type, aggregator } = this;
    const values = this.reader.read(({ labels }, value) => ({ value, labels: { ...labels } }));
    return { help, name, type, values, aggregator };
  }

  write(page: PageBytes, name: string, style: PageStyle, defaults: string): void {
    this.writeSeries(page, (series, value) => {
      const labels = braced(this.textOf(series), defaults);
      page.text(`${name}${labels} ${numberText(value, style)}\n`);
    });
  }

  private setTo(labels: GivenLabels, value: unknown): void {
    const to = checkedValue(value);
    const { family, series } = this;
    if (series.areUsual) {
      try {
        family.set(labels as Labels, to);
        series.note(labels, family.size);
        return;
      } catch {
        // `find` takes more label sets, and throws what prom-client does.
      }
    }
    series.find(labels).set(to);
  }

  private add(labels: GivenLabels, delta: number): void {
    const { family, series } = this;
    if (series.areUsual) {
      try {
        family.inc(labels as Labels, delta);
        series.note(labels, family.size);
        return;
      } catch {
        // `find` takes more label sets, and throws what prom-client does.
      }
    }
    series.find(labels).inc(delta);
  }

  /** What `dec` takes away: prom-client makes a number of whatever it gets. */
  private reduction(value: unknown): number {
    if (value === undefined || (value === null && this.behaviour.nullIsOne)) return 1;
    return Number(value);
  }

  private delta(value: unknown): number {
    if (typeof value === "number") return value;
    if (value === undefined || (value === null && this.behaviour.nullIsOne)) return 1;
    throw new TypeError(`Delta is not a valid number: ${format(value)}`);
  }
}

function checkedValue(value: unknown): number {
  if (typeof value === "number") return value;
  throw new TypeError(`Value is not a valid number: ${format(value)}`);
}
