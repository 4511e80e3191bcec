import type { CounterOptions } from "../instruments/counter.ts";
import type { Labels } from "../instruments/definition/labels.ts";
import type { MetricOptions } from "../instruments/definition/options.ts";
import type { GaugeOptions } from "../instruments/gauge.ts";
import type { HistogramOptions, HistogramSeries } from "../instruments/histogram/histogram.ts";
import { isThenable } from "../instruments/work.ts";
import type { CollectContext } from "../model/sample-sink.ts";
import { ownOptions } from "../options.ts";
import type { FamilyGroup } from "../registry/shared-collector.ts";
import type { RuntimeSettings } from "./options.ts";

type AnyOptions = MetricOptions<string> & {
  readonly collect?: ((context: CollectContext) => unknown) | undefined;
};

/** Creates the families of the collectors, with the prefix before their names, and the labels on all series. */
export class RuntimeFamilies {
  readonly #group: FamilyGroup;
  readonly #prefix: string;
  readonly #labels: RuntimeSettings["labels"];

  constructor(group: FamilyGroup, { prefix, labels }: RuntimeSettings) {
    this.#group = group;
    this.#prefix = prefix;
    this.#labels = labels;
  }

  counter<const L extends string = never>(options: CounterOptions<L>): void {
    this.#group.counter(this.#extended(options as unknown as CounterOptions<string>));
  }

  gauge<const L extends string = never>(options: GaugeOptions<L>): void {
    this.#group.gauge(this.#extended(options as unknown as GaugeOptions<string>));
  }

  /** A gauge that keeps its value. */
  constant(options: GaugeOptions<never>, value: number): void {
    this.#group
      .gauge(this.#extended(options as unknown as GaugeOptions<string>))
      .labels(this.#labels)
      .set(value);
  }

  /** @returns gives the series of a label set */
  histogram<const L extends string>(
    options: HistogramOptions<L>,
  ): (labels: Labels<L>) => HistogramSeries {
    const histogram = this.#group.histogram(this.#extended(options));
    return (labels) => histogram.labels({ ...this.#labels, ...labels });
  }

  info(
    { name, help }: { readonly name: string; readonly help: string },
    facts: Readonly<Record<string, string>>,
  ): void {
    this.#group.info({ name: this.#prefix + name, help }).set({ ...this.#labels, ...facts });
  }

  /** @param release frees what the families are fed from, such as an observer or a subscription */
  onStop(release: () => void): void {
    this.#group.onStop(release);
  }

  #extended<Options extends object>(options: Options): Options & MetricOptions<string> {
    const { name, labels = [], collect } = ownOptions(options as AnyOptions);
    const names = Object.keys(this.#labels);
    const extended = { ...options, name: this.#prefix + name };
    if (names.length === 0) return extended as never;
    return {
      ...extended,
      labels: [...names, ...labels],
      ...(collect && { collect: (context: CollectContext) => this.#labelled(collect(context)) }),
    } as never;
  }

  /** What a callback returned, with the labels. */
  #labelled(collected: unknown): unknown {
    if (collected === undefined) return undefined;
    if (isThenable(collected)) return collected.then((value) => this.#labelled(value));
    if (typeof collected === "number") return [[this.#labels, collected]];
    return Array.from(collected as Iterable<readonly [object, number]>, ([labels, value]) => [
      { ...this.#labels, ...labels },
      value,
    ]);
  }
}
