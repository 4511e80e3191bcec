import { inspect } from "node:util";
import { type LabelledFamily, Registry, type SampleSink } from "../../index.ts";
import { type Behaviour, PROM_CLIENT_15, type Registrar } from "./behaviour.ts";
import { type GivenLabels, LabelOrigins } from "./given-labels.ts";
import type { MetricJson } from "./json.ts";
import { labelText, type PageStyle } from "./page.ts";
import { type ReadSeries, SeriesReader } from "./series-reader.ts";
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

/** A metric of Narthex with labels, as far as all types have it. */
type Family<Series> = Pick<
  LabelledFamily<string, Series>,
  "labels" | "remove" | "clear" | "reset" | "size" | "visit"
>;

/** Where metrics are defined, each for a moment. It is strict, because wrong updates throw here. */
const definitions = new Registry({ strict: true });

/** The labels of an update that has none. */
export const NO_LABELS: GivenLabels = {};

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
  /** The only series of a metric without labels. */
  protected readonly only: Series | undefined;
  /** Goes up when series are removed: handles then look up theirs again. */
  removals = 0;
  /** How many series the family had when it was last looked at. */
  private known: number;
  /** Whether label sets were given that only this class understands, and not the family. */
  protected isLenient = false;
  private readonly origins: LabelOrigins;

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
    this.origins = new LabelOrigins(this.labelNames);
    this.reader = new SeriesReader(this.family, this.origins);
    this.known = this.family.size;
    this.only = this.labelNames.length === 0 ? this.family.labels({}) : undefined;
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
   * The lines of the page, those of one series together.
   *
   * @param name the metric's name on the page
   * @param defaults the text of the default labels
   */
  abstract lines(name: string, style: PageStyle, defaults: string): string[];

  private check(): void {
    const { behaviour, labelNames } = this;
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
    if (reserved !== undefined && labelNames.includes(reserved)) {
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
    this.drop(this.labelsOf(args));
  }

  /** Removes a series; that of a metric without labels begins again at zero. */
  protected drop(labels: GivenLabels): void {
    this.checkLabels(labels);
    const values = this.valuesOf(labels);
    this.family.remove(this.complete(values));
    this.origins.delete(values);
    this.hasRemoved();
  }

  reset(): void {
    this.family.clear();
    this.origins.clear();
    this.hasRemoved();
  }

  /** The labels of a series as a page has them. */
  protected textOf(series: ReadSeries): string {
    series.text ??= labelText(series.labels);
    return series.text;
  }

  visit(sink: SampleSink): Iterable<void> | void {
    return this.family.visit(sink);
  }

  private hasRemoved(): void {
    this.removals += 1;
    this.known = this.family.size;
  }

  /** The label set that `labels` and `remove` are called with: an object, or the values in the order of the names. */
  protected labelsOf(args: readonly unknown[]): GivenLabels {
    const { labelNames } = this;
    if (typeof args[0] === "object") return (args[0] as GivenLabels | null) ?? NO_LABELS;
    if (labelNames.length !== args.length) {
      throw new Error(
        `Invalid number of arguments (${args.length}): "${args.join(", ")}" for label names (${labelNames.length}): "${labelNames.join(", ")}".`,
      );
    }
    const labels: Record<string, unknown> = {};
    for (let i = 0; i < labelNames.length; i += 1) labels[labelNames[i]!] = args[i];
    return labels;
  }

  /** Throws if there are labels that the metric does not have. */
  protected checkLabels(labels: unknown): void {
    // A string, too, has names: those of its characters.
    for (const name in labels as object) {
      if (this.labelNames.includes(name)) continue;
      const known = this.behaviour.listsSortedLabels
        ? [...this.labelNames].sort()
        : this.labelNames;
      throw new Error(
        `Added label "${name}" is not included in initial labelset: ${inspect(known)}`,
      );
    }
  }

  /**
   * The series that an update goes to, unless the family is to find it by the labels, which is faster.
   * If the family then throws, the update goes to `seriesOf`.
   */
  protected knownSeries(labels: GivenLabels): Series | undefined {
    if (this.only !== undefined && labels === NO_LABELS) return this.only;
    return this.only !== undefined || this.isLenient ? this.seriesOf(labels) : undefined;
  }

  /** The series of a label set that the family alone may not understand. */
  protected seriesOf(labels: GivenLabels): Series {
    this.checkLabels(labels);
    if (this.only !== undefined) return this.only;
    if (this.isPlain(labels)) {
      const series = this.family.labels(labels as Record<string, string>);
      this.note(labels);
      return series;
    }
    const values = this.valuesOf(labels);
    const series = this.family.labels(this.complete(values));
    if (this.family.size !== this.known) this.noteSeries(labels, values);
    return series;
  }

  /** To be called after each update: keeps how the labels of a new series were given. */
  protected note(labels: GivenLabels): void {
    if (this.family.size !== this.known) this.noteSeries(labels, this.valuesOf(labels));
  }

  /** Whether the family takes the labels as they are: the names are checked, and no value is missing. */
  private isPlain(labels: GivenLabels): boolean {
    for (const name of this.labelNames) {
      if (typeof labels[name] !== "string" || !Object.hasOwn(labels, name)) return false;
    }
    return true;
  }

  private noteSeries(labels: GivenLabels, values: readonly string[]): void {
    this.known = this.family.size;
    this.origins.add(labels, values);
  }

  private valuesOf(labels: GivenLabels): string[] {
    return this.labelNames.map((name) => {
      const value = labels[name];
      if (value === undefined || typeof value === "object") this.isLenient = true;
      return value === undefined ? "" : `${value}`;
    });
  }

  private complete(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.labelNames.map((name, i) => [name, values[i]!]));
  }
}
