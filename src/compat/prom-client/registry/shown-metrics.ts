import { parse } from "../../../exposition/parse/index.ts";
import { type MetricSource, Registry, type SampleSink } from "../../../index.ts";
import type { GivenLabels } from "../metrics/given-labels.ts";
import { Metric } from "../metrics/metric.ts";
import type { MetricJson } from "../page/json.ts";
import { textOfJson } from "../page/text.ts";

/** A metric as far as it is shown. */
interface Shown {
  get(): MetricJson | Promise<MetricJson>;
  readonly labelNames?: readonly string[];
}

/** The metrics of a registry, as Narthex shows them in all of its formats. */
export class ShownMetrics {
  readonly registry = new Registry();
  #labels: Readonly<Record<string, string>> = {};
  /** Has the default labels, and the metrics that have none of these names themselves. */
  #labelled = new Registry();
  #hide = this.registry.register(this.#labelled);
  /** What removes each metric. */
  readonly #metrics = new Map<Shown, () => void>();

  add(metric: Shown): void {
    const overlaps = metric.labelNames?.some((name) => name in this.#labels) ?? true;
    const registry = overlaps ? this.registry : this.#labelled;
    this.#metrics.set(metric, registry.register(sourceOf(metric)));
  }

  delete(metric: Shown): void {
    this.#metrics.get(metric)?.();
    this.#metrics.delete(metric);
  }

  clear(): void {
    for (const metric of [...this.#metrics.keys()]) this.delete(metric);
    this.setLabels({});
  }

  setLabels(labels: GivenLabels): void {
    const entries = Object.entries(labels).map(([name, value]) => [name, `${value}`]);
    this.#labels = Object.fromEntries(entries);
    // The labels of a registry can't change once they were on a page.
    this.#hide();
    this.#labelled = new Registry({ labels: this.#labels });
    this.#hide = this.registry.register(this.#labelled);
    for (const metric of [...this.#metrics.keys()]) {
      this.delete(metric);
      this.add(metric);
    }
  }
}

function sourceOf(metric: Shown): MetricSource {
  if (!(metric instanceof Metric)) return new JsonSource(metric);
  return {
    collect: () => metric.collect?.(),
    visit: (sink) => metric.visit(sink),
  };
}

/** A metric that is not of this package: what it gives is written as text, and parsed. */
class JsonSource implements MetricSource {
  readonly #metric: Shown;
  #text = "";

  constructor(metric: Shown) {
    this.#metric = metric;
  }

  async collect(): Promise<void> {
    const style = {
      isOpenMetrics: false,
      isExact: false,
      defaultLabels: {},
      replacesNullish: false,
    };
    this.#text = `${textOfJson(await this.#metric.get(), style)}\n`;
  }

  visit(sink: SampleSink): Iterable<void> | void {
    return parse(this.#text).visit(sink);
  }
}
