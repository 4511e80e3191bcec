import type { Counter, CounterOptions } from "../instruments/counter.ts";
import type { Gauge, GaugeOptions } from "../instruments/gauge.ts";
import type { Histogram, HistogramOptions } from "../instruments/histogram.ts";
import type { Info, InfoOptions } from "../instruments/info.ts";
import type { Registry } from "../registry/registry.ts";

/** Families of a registry that come and go together, and what they use. */
export class RuntimeFamilies {
  readonly #registry: Registry;
  readonly #undo: (() => void)[] = [];

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  counter<const L extends string = never>(options: CounterOptions<L>): Counter<NoInfer<L>> {
    return this.#added(options, this.#registry.counter(options));
  }

  gauge<const L extends string = never>(options: GaugeOptions<L>): Gauge<NoInfer<L>> {
    return this.#added(options, this.#registry.gauge(options));
  }

  histogram<const L extends string = never>(options: HistogramOptions<L>): Histogram<NoInfer<L>> {
    return this.#added(options, this.#registry.histogram(options));
  }

  info(options: InfoOptions): Info {
    return this.#added(options, this.#registry.info(options));
  }

  /** What shall happen at the end: `release` gives back a timer, an observer. */
  onStop(release: () => void): void {
    this.#undo.push(release);
  }

  /** Takes all families out of the registry, and releases what they use. */
  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #added<T>({ name }: { readonly name: string }, metric: T): T {
    this.#undo.push(() => this.#registry.unregister(name));
    return metric;
  }
}
