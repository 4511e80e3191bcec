import type { Exemplar } from "../../../model/sample-sink.ts";

interface Entry {
  readonly exemplar: Exemplar;
  /** The elapsed time when it was added. */
  readonly addedMs: number;
}

/** A few exemplars whose values are well spread on a logarithmic scale, in ascending order. */
export class ExemplarReservoir {
  readonly #size: number;
  readonly #ttlMs: number;
  readonly #entries: Entry[] = [];

  /** With a TTL of 0, each exemplar past the size replaces the oldest. */
  constructor(size: number, ttlSeconds: number) {
    this.#size = size;
    this.#ttlMs = ttlSeconds * 1000;
  }

  get exemplars(): readonly Exemplar[] {
    return this.#entries.map(({ exemplar }) => exemplar);
  }

  /** Adds an exemplar; if there is no room, it replaces another one. */
  add(exemplar: Exemplar, addedMs: number): void {
    const entries = this.#entries;
    const entry = { exemplar, addedMs };
    const { value } = exemplar;
    if (entries.length < this.#size) {
      const at = first(entries, (other) => other.exemplar.value > value);
      entries.splice(at, 0, entry);
    } else if (entries.length > 0) {
      const at = first(entries, (other) => other.exemplar.value >= value);
      const gone = this.#expired(addedMs) ?? victim(entries, entry, at);
      entries.splice(gone, 1);
      entries.splice(gone < at ? at - 1 : at, 0, entry);
    }
  }

  /** The index of the oldest exemplar if it is older than the TTL. */
  #expired(nowMs: number): number | undefined {
    const oldest = Math.min(...this.#entries.map(({ addedMs }) => addedMs));
    if (this.#ttlMs > 0 && nowMs - oldest <= this.#ttlMs) return undefined;
    return first(this.#entries, ({ addedMs }) => addedMs === oldest);
  }
}

/** The index of the first exemplar that fits; the length if there is none. */
function first(entries: readonly Entry[], fits: (entry: Entry) => boolean): number {
  const index = entries.findIndex(fits);
  return index < 0 ? entries.length : index;
}

/**
 * The index of the exemplar to replace: the older of the two closest, or a neighbour that is closer
 * to the new one.
 */
function victim(entries: readonly Entry[], entry: Entry, at: number): number {
  let gone = 0;
  let closest = Number.POSITIVE_INFINITY;
  entries.slice(1).forEach((upper, i) => {
    const lower = entries[i]!;
    const distance = logDistance(lower, upper);
    // Values without a logarithm have no distance (NaN). As in Go, the first two are taken if they
    // have none.
    if (i > 0 && !(distance < closest)) return;
    closest = distance;
    gone = upper.addedMs < lower.addedMs ? i + 1 : i;
  });
  for (const neighbour of [at - 1, at]) {
    const distance = logDistance(entries[neighbour], entry);
    if (!(distance < closest)) continue;
    closest = distance;
    gone = neighbour;
  }
  return gone;
}

function logDistance(a: Entry | undefined, b: Entry): number {
  return a === undefined
    ? Number.NaN
    : Math.abs(Math.log(a.exemplar.value) - Math.log(b.exemplar.value));
}
