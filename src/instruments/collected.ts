import { invalidValue } from "../errors.ts";
import type { Definition, Labels } from "./definition.ts";
import { type HeldSeries, Instrument } from "./instrument.ts";

/** What a collect callback is told. */
export interface CollectContext {
  /** Aborted when the scrape's deadline has passed; what comes later is not used. */
  readonly signal: AbortSignal;
}

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
  collect: ((context: CollectContext) => unknown) | undefined;

  constructor(definition: Definition, collect: ((context: CollectContext) => unknown) | undefined) {
    super(definition, 1);
    this.collect = collect;
  }

  /** Throws where `value` is none for this type. */
  abstract check(value: unknown): asserts value is number;

  /** Takes over what the callback gave. */
  apply(collected: unknown): void {
    if (collected === undefined) return;
    if (this.only !== undefined) {
      this.check(collected);
      this.put(this.table.slotOf({}), collected);
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

  protected put(slot: number, value: number): void {
    if (this.table.expires || this.table.isOverflow(slot)) this.table.touch(slot);
    this.rows.page(slot)[this.rows.at(slot)] = value;
  }

  #replace(pairs: Iterable<readonly [object, unknown]>): void {
    const kept = new Set<number>();
    for (const [labels, value] of pairs) {
      this.check(value);
      const slot = this.table.slotOf(labels);
      kept.add(slot);
      this.put(slot, value);
    }
    for (let slot = 0; slot < this.table.slotCount; slot += 1) {
      if (this.table.tenancy(slot) !== 0 && !kept.has(slot)) this.table.remove(slot);
    }
  }
}
