import type { GivenLabels } from "../metrics/given-labels.ts";
import type { ExemplarJson } from "../page/json.ts";

/** The exemplars of a metric as prom-client keeps them, by the keys of series. */
export class ExactExemplars {
  readonly #bySeries = new Map<string, ExemplarJson[]>();

  /** @param place the bucket's, or 0 */
  get(key: string, place: number): ExemplarJson | undefined {
    return this.#bySeries.get(key)?.[place];
  }

  set(key: string, place: number, labelSet: GivenLabels, value: number): void {
    this.#of(key)[place] = { labelSet, value, timestamp: Date.now() / 1000 };
  }

  /** To be called where labels were refused: there is then an exemplar without any, unless there was one. */
  refuse(key: string, place: number): void {
    this.#of(key)[place] ??= { labelSet: {}, value: null };
  }

  delete(key: string): void {
    this.#bySeries.delete(key);
  }

  clear(): void {
    this.#bySeries.clear();
  }

  #of(key: string): ExemplarJson[] {
    const known = this.#bySeries.get(key);
    if (known !== undefined) return known;
    const exemplars: ExemplarJson[] = [];
    this.#bySeries.set(key, exemplars);
    return exemplars;
  }
}
