import { invalidOption, invalidValue } from "../errors.ts";
import type { CollectContext, SampleSink } from "../model/sample-sink.ts";
import { checkNotFixed, type Definition } from "./definition/define.ts";
import type { LabelName, Labels, LabelTypes } from "./definition/labels.ts";
import type { HeldSeries } from "./held-series.ts";
import { Instrument } from "./instrument.ts";
import type { SeriesRow } from "./series-row.ts";

/**
 * What a collect callback returns: the value of a metric without labels; all series of a metric with
 * labels, where any others are removed; or nothing, if it updates the metric itself.
 */
export type Collected<L extends LabelTypes> =
  // biome-ignore lint/suspicious/noConfusingVoidType: a callback may return nothing.
  ([LabelName<L>] extends [never] ? number : Iterable<readonly [Labels<L>, number]>) | void;

/** Called at each scrape to read the value of a metric. It may be asynchronous. */
export type Collect<L extends LabelTypes> = (
  context: CollectContext,
) => Collected<L> | Promise<Collected<L>>;

/** An instrument with one number per series, which a callback may supply at scrape time. */
export abstract class CollectedInstrument<S extends HeldSeries> extends Instrument<S> {
  /** The callback of the latest definition, which replaces the one from before a hot reload. */
  callback: ((context: CollectContext) => unknown) | undefined;

  constructor(
    definition: Definition,
    callback: ((context: CollectContext) => unknown) | undefined,
  ) {
    super(definition, 1);
    if (callback !== undefined && typeof callback !== "function") {
      const rule = "use a function that returns the value";
      throw invalidOption(definition.family.name, "collect", callback, rule);
    }
    if (callback !== undefined) checkNotFixed(definition, "collect", callback);
    this.callback = callback;
  }

  protected override writeRun(sink: SampleSink, row: SeriesRow): number {
    return sink.numbers?.(row) ?? row.from;
  }

  /** The instrument itself, if it has a callback that must be read before each scrape. */
  get reader(): this | undefined {
    return this.callback && this;
  }

  protected override get isSupplied(): boolean {
    return this.callback !== undefined;
  }

  get read(): (context: CollectContext) => unknown {
    return this.callback ?? (() => undefined);
  }

  /** Throws if the type does not accept the value. */
  abstract check(value: unknown): asserts value is number;

  /** Sets the series to what the callback returned. */
  apply(collected: unknown): void {
    if (collected === undefined) return;
    if (this.only !== undefined) {
      this.check(collected);
      this.rows.set(this.table.update({}), collected);
    } else if (
      typeof collected === "object" &&
      collected !== null &&
      Symbol.iterator in collected
    ) {
      this.#replace(collected as Iterable<readonly [object, unknown]>);
    } else {
      throw this.#noPairs(collected);
    }
  }

  #noPairs(collected: unknown): Error {
    const rule = "collect must return pairs of labels and number, or nothing";
    return invalidValue(this.family.name, collected, rule);
  }

  #replace(pairs: Iterable<readonly [object, unknown]>): void {
    const all = Array.from(pairs, (pair) => {
      if (!Array.isArray(pair)) throw this.#noPairs(pair);
      const [labels, value] = pair;
      this.check(value);
      return { labels, value, slot: this.table.find(labels) };
    });
    // Removed series must make room for new ones first.
    const kept = new Set(all.map(({ slot }) => slot));
    this.#removeUnless((slot) => kept.has(slot) || this.table.isOverflow(slot));
    const written = new Set<number>();
    const overflown = new Set<string>();
    let repeated: object | undefined;
    for (const { labels, value } of all) {
      const slot = this.table.update(labels);
      const known = this.table.isOverflow(slot) ? overflown : undefined;
      const key = known && JSON.stringify(this.table.read(labels));
      if (known?.has(key!) ?? written.has(slot)) {
        repeated ??= labels;
        continue;
      }
      known?.add(key!);
      // All label sets past the limit share one series, which gets their sum.
      const before = written.has(slot) ? this.rows.get(slot) : 0;
      written.add(slot);
      this.rows.set(slot, before + value);
    }
    this.#removeUnless((slot) => written.has(slot));
    if (repeated !== undefined) this.definition.onDuplicate(this.family.name, repeated);
  }

  #removeUnless(isKept: (slot: number) => boolean): void {
    for (let slot = 0; slot < this.table.slotCount; slot += 1) {
      if (this.table.generation(slot) !== 0 && !isKept(slot)) this.table.remove(slot);
    }
  }
}
