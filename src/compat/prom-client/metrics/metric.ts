import type { Exemplar, UpdateOptions } from "../../../index.ts";
import { Registry, type SampleSink } from "../../../index.ts";
import { type Behaviour, PROM_CLIENT_15, type Registrar } from "../behaviour.ts";
import { ExactExemplars } from "../exact/exemplars.ts";
import { type ExemplarJson, exemplarJson, type MetricJson } from "../page/json.ts";
import type { PageBytes } from "../page/page-bytes.ts";
import { labelText, type PageStyle } from "../page/text.ts";
import { withExemplar } from "./exemplar.ts";
import type { GivenLabels } from "./given-labels.ts";
import { type Family, SeriesFinder } from "./series-finder.ts";
import { type Read, type ReadSeries, SeriesReader } from "./series-reader.ts";
import { isLabelName, isObject, validateMetricName } from "./validation.ts";

/** What users configure, as far as all types have it. */
export interface Configuration {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly registers?: readonly Registrar[];
  readonly aggregator?: string;
  readonly collect?: () => unknown;
  readonly enableExemplars?: boolean;
  readonly limit?: number;
  readonly expireAfterSeconds?: number;
}

/** Where metrics are defined, each for a moment. It is strict, because wrong updates throw here. */
const definitions = new Registry({ strict: true });

/** What the types of metrics have in common: a metric of Narthex that has no registry, under prom-client's API. */
export abstract class Metric<Series, Value> {
  declare name: string;
  declare help: string;
  declare labelNames: readonly string[];
  declare registers: readonly Registrar[];
  declare aggregator: string;
  declare enableExemplars: boolean;
  declare collect?: () => unknown;
  abstract readonly type: string;
  protected readonly family: Family<Series>;
  protected readonly reader: SeriesReader<Value>;
  protected readonly series: SeriesFinder<Series>;
  /** Whether a registry of it has the exact text of prom-client. */
  protected readonly isExact: boolean;
  readonly #exactExemplars: ExactExemplars | undefined;

  constructor(config: Configuration, defaults: object) {
    if (!isObject(config)) throw new TypeError("constructor expected a config object");
    // Some packages give a type, too, but that is the class's.
    const { type: _, ...given } = config as Configuration & { readonly type?: unknown };
    Object.assign(
      this,
      {
        labelNames: [],
        registers: [this.behaviour.globalRegistry],
        aggregator: "sum",
        enableExemplars: false,
      },
      defaults,
      given,
    );
    this.registers ||= [this.behaviour.globalRegistry];
    this.check();
    this.family = this.define(definitions);
    definitions.unregister(this.name);
    this.isExact = this.registers.some(({ exactText }) => exactText);
    if (this.isExact) this.#exactExemplars = new ExactExemplars();
    this.series = new SeriesFinder(this.family, this.labelNames, this.behaviour);
    this.reader = new SeriesReader(this.family, this.series.origins);
    for (const registry of this.registers) {
      if (this.enableExemplars && registry.contentType.startsWith("text/plain")) {
        throw new TypeError("Exemplars are supported only on OpenMetrics registries");
      }
      registry.registerMetric(this);
    }
  }

  /** Which of the two clients it behaves like. */
  get behaviour(): Behaviour {
    return PROM_CLIENT_15;
  }

  /** Defines the metric. */
  protected abstract define(registry: Registry): Family<Series>;

  /** What `get()` gives, of the values that are there now. */
  abstract read(): MetricJson;

  /** The same, where the labels of a series stand apart from those of its samples, as pages need it. */
  readShared(): MetricJson {
    return this.read();
  }

  /**
   * Writes the lines of the series.
   *
   * @param name the metric's name on the page
   * @param defaults the text of the default labels
   */
  abstract write(page: PageBytes, name: string, style: PageStyle, defaults: string): void;

  /** Writes what each series has, in the order in which they were added. */
  protected writeSeries(page: PageBytes, write: Read<Value, void>): void {
    const spans = this.reader.read((series, value, exemplar) => {
      const from = page.length;
      write(series, value, exemplar);
      return { from, to: page.length };
    });
    page.arrange(spans);
  }

  private check(): void {
    const { behaviour } = this;
    if (!this.help) throw new Error("Missing mandatory help parameter");
    if (!this.name) throw new Error("Missing mandatory name parameter");
    if (!validateMetricName(this.name)) throw behaviour.metricNameError(this.name);
    this.labelNames ??= [];
    const invalid = this.labelNames.filter((name) => !isLabelName(name));
    if (invalid.length > 0) throw behaviour.labelNameError(invalid);
    if (this.collect && typeof this.collect !== "function") {
      throw new Error('Optional "collect" parameter must be a function');
    }
    const reserved = { histogram: "le", summary: "quantile" }[this.type];
    if (reserved !== undefined && this.labelNames.includes(reserved)) {
      throw new Error(`${reserved} is a reserved label keyword`);
    }
  }

  /** The options that all metrics of Narthex have. */
  protected options() {
    const { name, help, labelNames, limit, expireAfterSeconds } = this as unknown as Configuration;
    return { name, help, labels: [...(labelNames ?? [])], limit, expireAfterSeconds };
  }

  /** Calls `collect`, and gives what is then there. */
  async get(): Promise<MetricJson> {
    const collected = this.collect?.();
    if (collected instanceof Promise) await collected;
    return this.read();
  }

  remove(...args: unknown[]): void {
    this.drop(this.series.labelsOf(args));
  }

  /** Removes a series; that of a metric without labels begins again at zero. */
  protected drop(labels: GivenLabels): void {
    this.series.check(labels);
    this.series.remove(labels);
    this.#exactExemplars?.delete(this.series.keyOf(labels));
  }

  reset(): void {
    this.series.clear();
    this.#exactExemplars?.clear();
  }

  /**
   * Updates a series with an exemplar.
   *
   * @param labels of the series
   * @param place the bucket's, or 0
   * @param value gives that of the exemplar after the update, as prom-client has it
   */
  protected updateWithExemplar(
    labels: GivenLabels,
    exemplar: { readonly labels: GivenLabels; readonly place: number; value(): number },
    update: (options?: UpdateOptions) => void,
  ): void {
    const { place } = exemplar;
    try {
      withExemplar(exemplar.labels, update);
    } catch (error) {
      this.#exactExemplars?.refuse(this.series.keyOf(labels), place);
      throw error;
    }
    const key = this.#exactExemplars && this.series.keyOf(labels);
    if (key !== undefined) this.#exactExemplars?.set(key, place, exemplar.labels, exemplar.value());
  }

  /** The exemplar of a series, as a page has it. */
  protected exemplarOf(
    { labels }: ReadSeries,
    place: number,
    exemplar: Exemplar | undefined,
  ): ExemplarJson | undefined {
    if (this.#exactExemplars === undefined) return exemplar && exemplarJson(exemplar);
    return this.#exactExemplars.get(this.series.keyOf(labels), place);
  }

  /** The labels of a series as a page has them. */
  protected textOf(series: ReadSeries): string {
    series.text ??= labelText(series.labels);
    return series.text;
  }

  visit(sink: SampleSink): Iterable<void> | void {
    return this.family.visit(sink);
  }
}
