import { fromCaller, invalidSource } from "../errors.ts";
import { type Counter, CounterInstrument, type CounterOptions } from "../instruments/counter.ts";
import type { RegistryContext } from "../instruments/definition/define.ts";
import type { DeclaredLabels, LabelValue, TypesOf } from "../instruments/definition/labels.ts";
import { metricOptions } from "../instruments/definition/options.ts";
import { WrongUpdates } from "../instruments/definition/wrong-updates.ts";
import { type ExemplarProvider, ExemplarSource } from "../instruments/exemplars.ts";
import { type Gauge, GaugeInstrument, type GaugeOptions } from "../instruments/gauge.ts";
import {
  type Histogram,
  HistogramInstrument,
  type HistogramOptions,
} from "../instruments/histogram/histogram.ts";
import { type Info, InfoInstrument, type InfoOptions } from "../instruments/info.ts";
import { inspectedAs } from "../instruments/inspected.ts";
import {
  type StateSet,
  StateSetInstrument,
  type StateSetOptions,
} from "../instruments/state-set.ts";
import {
  type Summary,
  SummaryInstrument,
  type SummaryOptions,
} from "../instruments/summary/summary.ts";
import { exposedNames } from "../model/family.ts";
import type { MetricFamily } from "../model/metric-family.ts";
import type { Objective, ObjectiveOptions } from "../model/objective.ts";
import type { MetricSource } from "../model/sample-sink.ts";
import type { OptionNames } from "../options.ts";
import { ConstantLabels } from "./constant-labels.ts";
import { addErrorListener, type ErrorListener } from "./error-listeners.ts";
import { type AnyInstrument, Families } from "./families.ts";
import { readDefinedFamilies } from "./family-reader.ts";
import { ForeignSource } from "./foreign/source.ts";
import { type AnyFunction, type InstrumentOptions, measuredFunction } from "./measured-function.ts";
import { Objectives } from "./objectives.ts";
import { type RegistryOptions, registrySettings } from "./options.ts";
import { OWN_FAMILIES, OwnMetrics } from "./own-metrics.ts";
import { type ExposeOptions, PageMaker } from "./page/expose.ts";
import type { Exposition } from "./page/page.ts";
import { type IncludedRegistry, PARTS, type RegistryParts } from "./parts.ts";

/** What all metrics of a registry have in common. */
type MetricMethod = "counter" | "gauge" | "histogram" | "info" | "stateSet" | "summary";

/** What the registry itself reads of a metric's options. */
interface MadeOptions {
  readonly name: string;
  readonly initial?: readonly object[] | undefined;
}

interface InstrumentType<Options> {
  /** The names of its options. */
  readonly options: OptionNames<Options>;
  new (options: Options, context: RegistryContext): AnyInstrument;
}

/** Metric families, and the pages made of them. */
export class Registry {
  readonly #families = new Families();
  readonly #sources = new Set<ForeignSource | IncludedRegistry>();
  readonly #exemplars: ExemplarSource;
  readonly #labels: ConstantLabels;
  readonly #context: RegistryContext;
  readonly #pages: PageMaker;
  readonly #own: OwnMetrics;
  readonly #group: RegistryParts["group"] = { member: undefined };
  readonly #objectives: Objectives;

  static {
    // biome-ignore lint/complexity/noThisInStatic: the build gives another name to a class that names itself.
    inspectedAs("Registry", this.prototype, (registry) => {
      const sizes = Array.from(registry.#families, ({ table }) => table.size);
      const series = sizes.reduce((sum, size) => sum + size, 0);
      return `Registry ${sizes.length} ${sizes.length === 1 ? "family" : "families"}, ${series} series`;
    });
  }

  constructor(options: RegistryOptions = {}) {
    const { labels, now, strict, utf8, keepBytes } = registrySettings(options);
    this.#labels = new ConstantLabels(utf8);
    this.#labels.replace(labels, []);
    const exemplars = new ExemplarSource(strict, (family, reason) =>
      this.#own.warnOfExemplar(family, reason),
    );
    this.#exemplars = exemplars;
    this.#context = {
      group: this.#group,
      constantLabels: this.#labels,
      utf8,
      now: now ?? (() => Date.now()),
      elapsed: now ?? (() => performance.now()),
      exemplars,
      wrongUpdates: new WrongUpdates(strict, {
        count: (family) => this.#own.countInvalid(family),
        warn: (...mistake) => this.#own.warnOfInvalid(...mistake),
      }),
      onOverflow: (family) => this.#own.countOverflow(family),
      onDuplicate: (family, labels) => this.#own.countDuplicate(family, labels),
      onNaN: (family) => this.#own.warnOfNaN(family),
    };
    this.#own = new OwnMetrics(this.#context, this);
    for (const family of OWN_FAMILIES) this.#families.reserve(family);
    const parts = {
      families: this.#families,
      sources: this.#sources,
      own: this.#own,
      labels: this.#labels,
      group: this.#group,
    };
    this.#pages = new PageMaker(parts, keepBytes);
    this.#objectives = new Objectives(this.#families, this.#labels);
    PARTS.set(this, Object.assign(parts, { pages: this.#pages }));
  }

  /**
   * A value that only goes up. The same definition gives the same counter, however often.
   *
   * @example
   * const sent = metrics.counter({ name: "mails_sent", help: "Mails sent.", labels: ["kind"] });
   * sent.inc({ kind: "welcome" }); // mails_sent_total{kind="welcome"} 1
   */
  counter<const L extends DeclaredLabels = never>(
    options: CounterOptions<L>,
  ): Counter<TypesOf<NoInfer<L>>> {
    return this.#add("counter", CounterInstrument, options as unknown as CounterOptions<string>)
      .handle as Counter<TypesOf<L>>;
  }

  /**
   * A value that goes up and down.
   *
   * @example
   * const waiting = metrics.gauge({ name: "jobs_waiting", help: "Jobs that wait.", labels: ["queue"] });
   * waiting.set({ queue: "mail" }, 4);
   */
  gauge<const L extends DeclaredLabels = never>(
    options: GaugeOptions<L>,
  ): Gauge<TypesOf<NoInfer<L>>> {
    return this.#add("gauge", GaugeInstrument, options as unknown as GaugeOptions<string>)
      .handle as Gauge<TypesOf<L>>;
  }

  /**
   * How values such as durations or sizes are distributed.
   *
   * @example
   * const queries = metrics.histogram({ name: "queries_seconds", help: "Queries.", labels: ["op"] });
   * const rows = await queries.time({ op: "select" }, () => db.query("…"));
   */
  histogram<const L extends DeclaredLabels = never>(
    options: HistogramOptions<L>,
  ): Histogram<TypesOf<NoInfer<L>>> {
    return this.#add(
      "histogram",
      HistogramInstrument,
      options as unknown as HistogramOptions<string>,
    ).handle as Histogram<TypesOf<L>>;
  }

  /**
   * Quantiles of the newest values, computed in this process.
   *
   * @example
   * const uploads = metrics.summary({ name: "upload_bytes", help: "Uploads.", quantiles: [0.5, 0.99] });
   * uploads.observe(2048);
   */
  summary<const L extends DeclaredLabels = never>(
    options: SummaryOptions<L>,
  ): Summary<TypesOf<NoInfer<L>>> {
    return this.#add("summary", SummaryInstrument, options as unknown as SummaryOptions<string>)
      .handle as Summary<TypesOf<L>>;
  }

  /**
   * Facts that are text, such as a version.
   *
   * @example
   * metrics.info({ name: "build", help: "What runs here." }).set({ version: "1.2.3" });
   */
  info(options: InfoOptions): Info {
    return this.#add("info", InfoInstrument, options) as unknown as Info;
  }

  /**
   * States that are on or off.
   *
   * @example
   * const modes = metrics.stateSet({ name: "mode", help: "Modes.", states: ["safe", "debug"] });
   * modes.set("safe", true);
   */
  stateSet<const S extends string, const L extends DeclaredLabels = never>(
    options: StateSetOptions<S, L>,
  ): StateSet<NoInfer<S>, TypesOf<NoInfer<L>>> {
    return this.#add(
      "stateSet",
      StateSetInstrument,
      options as unknown as StateSetOptions<string, string>,
    ).handle as StateSet<S, TypesOf<L>>;
  }

  /**
   * Gives back a function that does the same and is measured, with three metrics: calls by their outcome,
   * `ok` or `error`; how many seconds they take; and how many are in progress.
   *
   * The function keeps its type, `this`, name and properties. A call lasts until the promise that it
   * returns settles, or its generator is done, returned or thrown. `new` passes unmeasured.
   *
   * @param name the beginning of the metrics' names; functions with the same name share the metrics
   * @throws NarthexError if the options are wrong, or another metric has one of the names
   *
   * @example
   * // save_article_calls_total{outcome="ok"}, save_article_duration_seconds, save_article_in_progress
   * const saveArticle = metrics.instrument("save_article", async (title: string) => {
   *   await db.query(`insert into articles values ('${title}')`);
   * });
   * await saveArticle("Fennel");
   */
  instrument<F extends AnyFunction>(name: string, work: F, options: InstrumentOptions = {}): F {
    return measuredFunction(this, name, work, options);
  }

  /**
   * Declares what the service promises: a share of events that are good. From it, `rules` of
   * `narthex/generate` makes the alerts, and `dashboard` the panels. The same objective may be declared
   * however often.
   *
   * @throws NarthexError `NARTHEX_OPTION_INVALID` with the field that is wrong; `NARTHEX_NAME_TAKEN` if
   * another objective has the name
   * @example
   * const orders = metrics.counter({ name: "orders", help: "Orders.", labels: ["outcome"] });
   * metrics.slo({
   *   name: "orders",
   *   objective: 0.999,
   *   good: { family: orders, match: { outcome: "ok" } },
   *   total: { family: orders },
   * });
   */
  slo<const Good extends string, const Total extends string>(
    options: ObjectiveOptions<Good, Total>,
  ): Objective {
    try {
      return this.#objectives.add(options);
    } catch (error) {
      throw fromCaller(error, this.slo);
    }
  }

  /**
   * The objectives that `slo` declared, in their order.
   *
   * @example
   * for (const { name, objective } of metrics.objectives()) console.log(name, objective);
   */
  objectives(): readonly Objective[] {
    return this.#objectives.all();
  }

  #add<Options extends MadeOptions>(
    method: MetricMethod,
    Type: InstrumentType<Options>,
    options: Options,
  ): AnyInstrument {
    try {
      const own = metricOptions(method, options, Type.options);
      const instrument = this.#families.add(new Type(own, this.#context), own.initial);
      this.#group.member?.include?.(instrument);
      return instrument;
    } catch (error) {
      throw fromCaller(error, this[method]);
    }
  }

  /**
   * Calls a listener for each error in a `collect`, a source, a provider of exemplars, a scrape, or a
   * callback of the HTTP metrics (`route`, `exclude`, `labels`, `authorize`): with the error, and the name
   * of the metric if it concerns one. The first of each kind is also a warning of the process.
   * While a listener's promise is pending, it does not hear of the same metric again: so it may make a page.
   *
   * @returns a function that removes the listener
   * @example
   * const remove = metrics.onError((error, family) => console.error(family, error));
   */
  onError(listener: ErrorListener): () => void {
    return addErrorListener(this, listener);
  }

  /**
   * Sets where counters and histograms get an exemplar for each update that brings none of its own:
   * usually the ids of the active trace. `undefined` ends it.
   *
   * @example
   * metrics.exemplars(() => ({ trace_id: currentTraceId() }));
   */
  exemplars(provider: ExemplarProvider | undefined): void {
    this.#exemplars.provider = provider;
    if (provider === undefined) return;
    for (const instrument of this.#families) instrument.askForExemplars();
  }

  /** The provider that `exemplars` has set. */
  get exemplarProvider(): ExemplarProvider | undefined {
    return this.#exemplars.provider;
  }

  /**
   * Sets the labels that every series of the registry has, in place of those that it had; series that
   * are there already get them, too. It is meant for the shared registry `metrics`, and for the start of
   * a program: with other labels, Prometheus takes every series for a new one.
   *
   * @throws NarthexError `NARTHEX_OPTION_INVALID` once a page with other labels was exposed;
   * `NARTHEX_LABEL_NAME_INVALID` where a metric has a label of such a name, or it can't be one;
   * `NARTHEX_LABEL_VALUE_INVALID` if a value is not a string, number or boolean
   * @example
   * metrics.setLabels({ service: "articles", zone: "eu-1" });
   */
  setLabels(labels: Readonly<Record<string, LabelValue>>): void {
    this.#labels.replace(labels, this.#families);
  }

  /**
   * Sets the registry's metrics to zero, as before a test. Their series stay and begin now, and series
   * that are held go on counting. Infos keep their facts; metrics with `collect` have what it gives at the
   * next scrape; what the registry counts of its own troubles (`narthex_*`) leaves the page; registered
   * sources and registries stay as they are. A gauge that goes up when something begins and down when it
   * ends, such as requests in progress, falls below zero if that ends after the reset.
   *
   * @example
   * metrics.reset(); // before each test
   */
  reset(): void {
    for (const instrument of this.#families) instrument.reset();
    for (const instrument of this.#own.instruments) instrument.clear();
  }

  /**
   * Exposes a source of samples beside the registry's own metrics, or all metrics and sources of another
   * registry. The result removes it again. The metrics of another registry have its constant labels, and
   * those of this one that it does not have itself; what it counts of its own troubles (`narthex_*`) is
   * only on its own page. Registries may register each other.
   *
   * @throws NarthexError `NARTHEX_OPTION_INVALID` if it is neither a registry nor has a function `visit`
   * @example
   * const plugin = new Registry({ labels: { plugin: "search" } });
   * const remove = metrics.register(plugin); // the page of `metrics` has the plugin's metrics, too
   */
  register(source: MetricSource | Registry): () => void {
    const registered = registeredAs(source);
    this.#sources.add(registered);
    return () => {
      this.#sources.delete(registered);
    };
  }

  /**
   * The registry's metrics and their samples at this moment, in the shape that `narthex/parse` gives those
   * of a page: to read values in a program, such as a health check, without making a page. It is a copy,
   * and calls nobody: a metric with `collect` has what it gave at the last scrape, and registered sources
   * and registries are not there. A histogram's sample `_count` has the whole histogram as `composite`,
   * native buckets included.
   *
   * @example
   * for (const { name, type, samples } of metrics.families()) console.log(name, type, samples.length);
   */
  families(): MetricFamily[] {
    return readDefinedFamilies([...this.#families, ...this.#own.instruments]);
  }

  /**
   * One of `families`, by its name or that of a sample, such as `orders`, `orders_total` or
   * `latency_seconds_bucket`; undefined if there is none.
   *
   * @example
   * const family = registry.find("articles_posted_total");
   * family?.samples[0]; // { name: "articles_posted_total", labels: { category: "news" }, value: 3, … }
   */
  find(name: string): MetricFamily | undefined {
    const found =
      this.#families.find(name) ??
      this.#own.instruments.find(({ family }) => exposedNames(family).includes(name));
    return found && readDefinedFamilies([found])[0];
  }

  /** Removes a metric by its name, with or without the suffix; returns whether it was there. */
  unregister(name: string): boolean {
    this.#families.find(name)?.retire();
    return this.#families.remove(name);
  }

  /**
   * The page for a scrape, in the format that the scraper likes best.
   *
   * @example
   * const { contentType, body } = await metrics.expose({ accept: request.headers.accept });
   */
  expose(options: ExposeOptions = {}): Promise<Exposition> {
    return this.#pages.make(options);
  }

  /** The page in the text format 0.0.4, for tests and logs. */
  async text(): Promise<string> {
    const page = await this.expose();
    const text = new TextDecoder().decode(page.body);
    page.release();
    return text;
  }
}

function registeredAs(source: MetricSource | Registry): ForeignSource | IncludedRegistry {
  const included = PARTS.get(source);
  if (included !== undefined) return { included };
  if (typeof (source as MetricSource | undefined)?.visit !== "function")
    throw invalidSource(source);
  return new ForeignSource(source as MetricSource);
}
