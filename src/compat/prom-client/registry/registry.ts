import type { Registry as NarthexRegistry } from "../../../index.ts";
import { type Behaviour, PROM_CLIENT_15 } from "../behaviour.ts";
import type { GivenLabels } from "../metrics/given-labels.ts";
import { Metric } from "../metrics/metric.ts";
import type { MetricJson } from "../page/json.ts";
import { PageBytes, type Span } from "../page/page-bytes.ts";
import {
  headOf,
  labelText,
  nameOnPage,
  type PageStyle,
  textOfJson,
  withoutTotal,
} from "../page/text.ts";
import { aggregateMetrics } from "./aggregators.ts";
import { ShownMetrics } from "./shown-metrics.ts";

export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS_CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** What a registry takes as a metric: prom-client looks at nothing else. */
export interface AnyMetric {
  name: string;
  readonly type?: string;
  readonly aggregator?: string;
  get(): MetricJson | Promise<MetricJson>;
  getForPromString?(): MetricJson | Promise<MetricJson>;
  reset?(): void;
}

export interface RegistryOptions {
  /** Whether pages have prom-client's text, mistakes included. */
  readonly exactText?: boolean;
}

export class Registry {
  /** The registry of metrics that name none. */
  static globalRegistry: Registry;
  /** Whether pages have prom-client's text, mistakes included. */
  exactText: boolean;
  readonly #metrics = new Map<string, AnyMetric>();
  #defaultLabels: GivenLabels = {};
  #contentType: string;
  readonly #shown = new ShownMetrics();
  readonly #contentTypeListeners: ((contentType: string) => void)[] = [];

  /** The class of what `merge` and `aggregate` give, whichever subclass is asked. */
  static get Plain(): typeof Registry {
    return Registry;
  }

  static get PROMETHEUS_CONTENT_TYPE(): string {
    return PROMETHEUS_CONTENT_TYPE;
  }

  static get OPENMETRICS_CONTENT_TYPE(): string {
    return OPENMETRICS_CONTENT_TYPE;
  }

  constructor(contentType: string = PROMETHEUS_CONTENT_TYPE, options: RegistryOptions = {}) {
    if (!isContentType(contentType)) {
      throw new TypeError(`Content type ${contentType} is unsupported`);
    }
    this.#contentType = contentType;
    this.exactText = options.exactText ?? process.env.NARTHEX_PROM_CLIENT_EXACT_TEXT === "1";
  }

  /** Which of the two clients it behaves like. */
  get behaviour(): Behaviour {
    return PROM_CLIENT_15;
  }

  /** The registry of Narthex that shows the same metrics, in all formats. */
  get narthex(): NarthexRegistry {
    return this.#shown.registry;
  }

  get contentType(): string {
    return this.#contentType;
  }

  setContentType(contentType: string): void {
    if (!isContentType(contentType)) throw new Error(`Content type ${contentType} is unsupported`);
    this.#contentType = contentType;
    for (const listener of this.#contentTypeListeners) listener(contentType);
  }

  /** Calls a function now and whenever the content type is set. */
  followContentType(listener: (contentType: string) => void): void {
    this.#contentTypeListeners.push(listener);
    listener(this.#contentType);
  }

  registerMetric(metric: AnyMetric): void {
    const existing = this.#metrics.get(metric.name);
    if (existing === metric) return;
    if (existing !== undefined) {
      throw new Error(`A metric with the name ${metric.name} has already been registered.`);
    }
    this.#metrics.set(metric.name, metric);
    this.#shown.add(metric);
  }

  removeSingleMetric(name: string): void {
    const metric = this.#metrics.get(name);
    if (metric === undefined) return;
    this.#metrics.delete(name);
    this.#shown.delete(metric);
  }

  clear(): void {
    this.#metrics.clear();
    this.#defaultLabels = {};
    this.#shown.clear();
  }

  resetMetrics(): void {
    for (const metric of this.#metrics.values()) metric.reset!();
  }

  setDefaultLabels(labels: GivenLabels): void {
    this.#defaultLabels = labels;
    this.#shown.setLabels(labels);
  }

  getSingleMetric(name: string): AnyMetric | undefined {
    return this.#metrics.get(name);
  }

  /** @param aggregator that the metrics must have */
  getMetricsAsArray(aggregator?: string): AnyMetric[] {
    const all = [...this.#metrics.values()];
    return aggregator === undefined
      ? all
      : all.filter((metric) => (metric.aggregator ?? "sum") === aggregator);
  }

  /** @param aggregator that the metrics must have */
  async getMetricsAsJSON(aggregator?: string): Promise<MetricJson[]> {
    const all = await Promise.all(this.getMetricsAsArray(aggregator).map((metric) => metric.get()));
    const defaults = Object.entries(this.#defaultLabels);
    if (defaults.length > 0) for (const json of all) this.#addDefaults(json, defaults);
    return all;
  }

  async metrics(): Promise<string> {
    const { isOpenMetrics, isExact } = this.#style;
    const page = new PageBytes();
    const separator = isOpenMetrics ? "" : "\n";
    const isReplaced = this.getMetricsAsString !== Registry.prototype.getMetricsAsString;
    const spans = await Promise.all(
      this.getMetricsAsArray().map((metric) => {
        // prom-client renames the counters for good.
        if (isOpenMetrics && isExact && metric.type === "counter") {
          metric.name = withoutTotal(metric.name);
        }
        const given = isReplaced ? this.getMetricsAsString(metric) : undefined;
        return this.#write(page, metric, separator, given);
      }),
    );
    page.arrange(spans);
    if (spans.length === 0) page.text(`\n${separator}`);
    if (isOpenMetrics) page.text("# EOF\n");
    return page.end(separator.length);
  }

  getSingleMetricAsString(name: string): Promise<string> {
    return this.getMetricsAsString(this.#metrics.get(name)!);
  }

  async getMetricsAsString(metric: AnyMetric): Promise<string> {
    const page = new PageBytes();
    await this.#write(page, metric);
    return page.end("\n".length);
  }

  static merge(registries: readonly Registry[]): Registry {
    const [{ contentType, exactText }] = registries as [Registry];
    if (registries.some((registry) => registry.contentType !== contentType)) {
      throw new Error("Registers can only be merged if they have the same content type");
    }
    // biome-ignore lint/complexity/noThisInStatic: subclasses have another one.
    const merged = new this.Plain(contentType, { exactText });
    for (const registry of registries) {
      for (const metric of registry.getMetricsAsArray()) merged.registerMetric(metric);
    }
    return merged;
  }

  /**
   * A registry of what several processes have.
   *
   * @param all what `getMetricsAsJSON` gave in each process
   */
  static aggregate(
    all: readonly (readonly MetricJson[])[],
    contentType: string = PROMETHEUS_CONTENT_TYPE,
    options: RegistryOptions = {},
  ): Registry {
    // biome-ignore lint/complexity/noThisInStatic: subclasses have another one.
    const aggregated = new this.Plain(undefined, options);
    aggregated.setContentType(contentType);
    const { aggregators, defaultAggregator } = aggregated.behaviour;
    for (const json of aggregateMetrics(all, aggregators, defaultAggregator)) {
      aggregated.registerMetric({ get: () => json, ...json });
    }
    return aggregated;
  }

  get #style(): PageStyle {
    return {
      isOpenMetrics: this.#contentType === OPENMETRICS_CONTENT_TYPE,
      isExact: this.exactText,
      defaultLabels: this.#defaultLabels,
      replacesNullish: this.behaviour.keepsFalsyLabels,
    };
  }

  /**
   * Writes what the page has of a metric, all of it at once, and what is to be behind it.
   *
   * @param given the metric's text, where users have replaced what makes it
   */
  async #write(
    page: PageBytes,
    metric: AnyMetric,
    separator = "",
    given?: Promise<string>,
  ): Promise<Span> {
    let text: string | undefined;
    if (given !== undefined) text = await given;
    else if (typeof metric.getForPromString === "function" || !(metric instanceof Metric)) {
      text = textOfJson(await (metric.getForPromString?.() ?? metric.get()), this.#style);
    } else {
      const collected = metric.collect?.();
      if (collected instanceof Promise) await collected;
    }
    const from = page.length;
    if (text === undefined) this.#writeMetric(page, metric as Metric<unknown, unknown>);
    else page.text(`${text}\n`);
    page.text(separator);
    return { from, to: page.length };
  }

  #writeMetric(page: PageBytes, metric: Metric<unknown, unknown>): void {
    const style = this.#style;
    const names = Object.keys(style.defaultLabels);
    if (names.some((name) => metric.labelNames.includes(name))) {
      page.text(`${textOfJson(metric.readShared(), style)}\n`);
      return;
    }
    const name = nameOnPage(metric, style);
    page.text(`${headOf(metric, name)}\n`);
    metric.write(page, name, style, labelText(style.defaultLabels));
  }

  #addDefaults({ values }: MetricJson, defaults: readonly [string, unknown][]): void {
    const { keepsFalsyLabels } = this.behaviour;
    for (const sample of values ?? []) {
      sample.labels = { ...sample.labels };
      for (const [name, value] of defaults) {
        if (keepsFalsyLabels) sample.labels[name] ??= value;
        else sample.labels[name] ||= value;
      }
    }
  }
}

function isContentType(contentType: string): boolean {
  return contentType === PROMETHEUS_CONTENT_TYPE || contentType === OPENMETRICS_CONTENT_TYPE;
}
