import { invalidValue } from "../errors.ts";
import type { CollectContext } from "../model/sample-sink.ts";
import type { Definition, Labels } from "./definition.ts";
import type { HeldSeries } from "./held-series.ts";
import { Instrument } from "./instrument.ts";

/**
 * What a collect callback gives: the value of a metric without labels; all series of one with
 * labels (those that are left out go); or nothing, where it updates the metric itself.
 */
export type Collected<L extends string> =
  // biome-ignore lint/suspicious/noConfusingVoidType: a callback may return nothing.
  ([L] extends [never] ? number : Iterable<readonly [Labels<L>, number]>) | void;

/** Reads a metric's value when it is scraped. It may be asynchronous. */
export type Collect<L extends string> = (
  context: CollectContext,
) => Collected<L> | Promise<Collected<L>>;

/** An instrument whose series are one number each, which a callback may supply at scrape time. */
export abstract class CollectedInstrument<S extends HeldSeries> extends Instrument<S> {
  /** The newest callback: a hot reload brings a new one for the same definition. */
  callback: ((context: CollectContext) => unknown) | undefined;

  constructor(
    definition: Definition,
    callback: ((context: CollectContext) => unknown) | undefined,
  ) {
    super(definition, 1);
    this.callback = callback;
  }

  /** What is read before the family is exposed: itself, where it has a callback. */
  get reader(): this | undefined {
    return this.callback && this;
  }

  get read(): (context: CollectContext) => unknown {
    return this.callback ?? (() => undefined);
  }

  /** Throws where `value` is none for this type. */
  abstract check(value: unknown): asserts value is number;

  /** Takes over what the callback gave. */
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
      throw invalidValue(
        this.family.name,
        collected,
        "collect must return pairs of labels and number, or nothing",
      );
    }
  }

  #replace(pairs: Iterable<readonly [object, unknown]>): void {
    const all = Array.from(pairs, ([labels, value]) => {
      this.check(value);
      return { labels, value, slot: this.table.find(labels) };
    });
    // Series that are no longer there make room first.
    const kept = new Set(all.map(({ slot }) => slot));
    this.#removeUnless((slot) => kept.has(slot) || this.table.isOverflow(slot));
    const written = new Set<number>();
    for (const { labels, value } of all) {
      const slot = this.table.update(labels);
      // Past the limit, many label sets share one series, which gets their sum.
      const before = written.has(slot) ? this.rows.get(slot) : 0;
      written.add(slot);
      this.rows.set(slot, before + value);
    }
    this.#removeUnless((slot) => written.has(slot));
  }

  #removeUnless(isKept: (slot: number) => boolean): void {
    for (let slot = 0; slot < this.table.slotCount; slot += 1) {
      if (this.table.generation(slot) !== 0 && !isKept(slot)) this.table.remove(slot);
    }
  }
}
