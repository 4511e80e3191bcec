import { fromCaller, type PublicCall } from "../errors.ts";

/** What a registry does about wrong updates that do not throw. */
interface Leniency {
  /** Counts an update of a metric that was dropped. */
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
   * Throws what a wrong update threw, or drops and counts the update.
   * @param call what the user called
   */
  drop(metric: string, error: unknown, call: PublicCall): void {
    this.forgive(metric, error, call);
    this.#leniency.count(metric);
  }

  /** Throws what the lookup of a series threw, or warns of it: updates of the series count later. */
  forgive(metric: string, error: unknown, call: PublicCall): void {
    if (this.isStrict) throw fromCaller(error, call);
    this.#leniency.warn(metric, error, call);
  }
}
