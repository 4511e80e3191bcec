import { fromCaller, type PublicCall } from "../../errors.ts";

/** What a registry does when a wrong update does not throw. */
interface Leniency {
  /** Counts a dropped update of a metric. */
  count(metric: string): void;
  /** Warns of the first mistake of a metric. */
  warn(metric: string, error: unknown, call: PublicCall): void;
}

/**
 * What becomes of updates that are wrong. In a strict registry they throw, which tests want. Otherwise
 * they are dropped: a mistake in a metric must not fail the request that made it.
 */
export class WrongUpdates {
  readonly isStrict: boolean;
  readonly #leniency: Leniency;

  constructor(isStrict: boolean, leniency: Leniency) {
    this.isStrict = isStrict;
    this.#leniency = leniency;
  }

  /**
   * In a strict registry, throws the error of a wrong update. Otherwise warns, and counts the update as
   * dropped.
   *
   * @param call what the user called
   */
  drop(metric: string, error: unknown, call: PublicCall): void {
    this.forgive(metric, error, call);
    this.#leniency.count(metric);
  }

  /**
   * The same for a series that was asked for with wrong labels, but nothing is counted: no update was
   * dropped yet, and those of the series are counted later.
   */
  forgive(metric: string, error: unknown, call: PublicCall): void {
    if (this.isStrict) throw fromCaller(error, call);
    this.#leniency.warn(metric, error, call);
  }
}
