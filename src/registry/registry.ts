import { invalidOption, nameTaken, sampleNameTaken } from "../errors.ts";
import { ByteWriter } from "../exposition/byte-writer.ts";
import { render } from "../exposition/render.ts";
import { TEXT_CONTENT_TYPE, TextSink } from "../exposition/text.ts";
import { CollectedInstrument } from "../instruments/collected.ts";
import { type Counter, CounterInstrument, type CounterOptions } from "../instruments/counter.ts";
import type { RegistryContext } from "../instruments/definition.ts";
import { type Gauge, GaugeInstrument, type GaugeOptions } from "../instruments/gauge.ts";
import {
  type Histogram,
  HistogramInstrument,
  type HistogramOptions,
} from "../instruments/histogram.ts";
import type { HeldSeries, Instrument } from "../instruments/instrument.ts";
import { exposedNames } from "../model/family.ts";
import { checkLabelNames } from "../model/names.ts";
import type { MetricSource } from "../model/sample-sink.ts";
import { collect } from "./collect.ts";

/** Below the 10 seconds that Prometheus waits by default. */
const DEFAULT_DEADLINE_MS = 8000;

export interface RegistryOptions {
  /** Labels on every series of the registry. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface ExposeOptions {
  /** The request's `Accept` header. */
  readonly accept?: string | undefined;
  /** Leaves out all families but those of these names (a family's, or one of its samples'). */
  readonly names?: readonly string[] | undefined;
  /** How long collect callbacks may take, in milliseconds; 8,000 by default. */
  readonly deadlineMs?: number | undefined;
}

/** A page, and what it is. */
export interface Exposition {
  readonly contentType: string;
  readonly body: Uint8Array;
}

type AnyInstrument = Instrument<HeldSeries>;

/** Metric families, and the pages made of them. */
export class Registry {
  readonly #instruments = new Map<string, AnyInstrument>();
  readonly #sources = new Set<MetricSource>();
  /** Which family exposes a name. */
  readonly #exposed = new Map<string, string>();
  readonly #overflown = new Set<string>();
  readonly #context: RegistryContext;
  #lastLength = 0;

  constructor({ labels = {}, now = Date.now }: RegistryOptions = {}) {
    checkLabelNames("of the registry", Object.keys(labels));
    this.#context = {
      constantLabels: { names: Object.keys(labels), values: Object.values(labels).map(String) },
      now,
      onOverflow: (metric) => this.#countOverflow(metric),
    };
  }

  /** A value that only goes up. The same definition gives the same counter, however often. */
  counter<const L extends string = never>(options: CounterOptions<L>): Counter<L> {
    const instrument = new CounterInstrument(options as CounterOptions<string>, this.#context);
    return this.#add(instrument, options) as unknown as Counter<L>;
  }

  /** A value that goes up and down. */
  gauge<const L extends string = never>(options: GaugeOptions<L>): Gauge<L> {
    const instrument = new GaugeInstrument(options as GaugeOptions<string>, this.#context);
    return this.#add(instrument, options) as unknown as Gauge<L>;
  }

  /** How values are distributed. */
  histogram<const L extends string = never>(options: HistogramOptions<L>): Histogram<L> {
    const instrument = new HistogramInstrument(options as HistogramOptions<string>, this.#context);
    return this.#add(instrument, options) as unknown as Histogram<L>;
  }

  /** Exposes a source of samples beside the registry's own metrics; the result takes it out again. */
  register(source: MetricSource): () => void {
    this.#sources.add(source);
    return () => {
      this.#sources.delete(source);
    };
  }

  /** Takes a metric out by its family's name; says whether it was there. */
  unregister(name: string): boolean {
    const instrument = this.#instruments.get(name);
    if (instrument === undefined) return false;
    for (const exposed of exposedNames(instrument.family)) this.#exposed.delete(exposed);
    return this.#instruments.delete(name);
  }

  /**
   * The page for a scrape.
   *
   * @example
   * const { contentType, body } = await metrics.expose({ accept: request.headers.accept });
   */
  async expose(options: ExposeOptions = {}): Promise<Exposition> {
    const { names, deadlineMs = DEFAULT_DEADLINE_MS } = options;
    const wanted = [...this.#instruments.values()].filter((instrument) =>
      isNamed(instrument, names),
    );
    const collected = wanted.filter(hasCollect);
    const late = collected.length === 0 ? undefined : await collect(collected, deadlineMs);
    for (const instrument of late ?? []) this.#countCollectError(instrument.family.name);
    const sources = wanted.filter(
      (instrument) => !late?.has(instrument as CollectedInstrument<HeldSeries>),
    );
    const out = new ByteWriter(this.#lastLength + 1024);
    await render(
      [...sources, ...(names === undefined ? this.#sources : [])],
      new TextSink(out),
      out,
    );
    this.#lastLength = out.length;
    return { contentType: TEXT_CONTENT_TYPE, body: out.finish() };
  }

  /** The page in the text format 0.0.4, for tests and logs. */
  async text(): Promise<string> {
    const { body } = await this.expose();
    return new TextDecoder().decode(body);
  }

  #add(instrument: AnyInstrument, options: { initial?: readonly object[] }): AnyInstrument {
    const { name } = instrument.family;
    const existing = this.#instruments.get(name);
    if (existing !== undefined) return shared(existing, instrument);
    for (const exposed of exposedNames(instrument.family)) {
      const owner = this.#exposed.get(exposed);
      if (owner !== undefined) throw sampleNameTaken(exposed, name, owner);
    }
    const { initial = [] } = options;
    if (!Array.isArray(initial)) {
      throw invalidOption(name, "initial", initial, "use an array of label sets");
    }
    for (const labels of initial) instrument.table.slotOf(labels);
    for (const exposed of exposedNames(instrument.family)) this.#exposed.set(exposed, name);
    this.#instruments.set(name, instrument);
    return instrument;
  }

  #countOverflow(metric: string): void {
    this.counter({
      name: "narthex_overflow_updates",
      help: "Updates of label sets past their family's series limit, counted under _other.",
      labels: ["family"],
    }).inc({ family: metric });
    if (this.#overflown.has(metric)) return;
    this.#overflown.add(metric);
    warn(
      `Metric ${metric} has reached its limit of series: further label sets are counted under _other. Look for a label of unbounded values, or raise the option limit.`,
    );
  }

  #countCollectError(metric: string): void {
    this.counter({
      name: "narthex_collect_errors",
      help: "Collect callbacks that threw or were late, whose family the scrape went without.",
      labels: ["family"],
    }).inc({ family: metric });
  }
}

/** The family that is there already, if the new one is defined alike. */
function shared(existing: AnyInstrument, wanted: AnyInstrument): AnyInstrument {
  const { name } = existing.family;
  if (existing.definition.signature !== wanted.definition.signature) {
    throw nameTaken(name, existing.definition.signature, wanted.definition.signature);
  }
  if (existing instanceof CollectedInstrument && wanted instanceof CollectedInstrument) {
    existing.collect = wanted.collect ?? existing.collect;
  }
  return existing;
}

function hasCollect(instrument: AnyInstrument): instrument is CollectedInstrument<HeldSeries> {
  return instrument instanceof CollectedInstrument && instrument.collect !== undefined;
}

function isNamed(instrument: AnyInstrument, names: readonly string[] | undefined): boolean {
  if (names === undefined) return true;
  return exposedNames(instrument.family).some((exposed) => names.includes(exposed));
}

function warn(message: string): void {
  const { process } = globalThis as {
    process?: { emitWarning?: (message: string, type: string) => void };
  };
  if (process?.emitWarning) process.emitWarning(message, "NarthexWarning");
  // biome-ignore lint/suspicious/noConsole: other runtimes have no other way to warn.
  else console.warn(message);
}
