import type { Exemplar } from "../../model/sample-sink.ts";

/** A few exemplars whose values are well spread on a logarithmic scale, in ascending order. */
export class ExemplarReservoir {
  readonly #size: number;
  readonly #ttlMs: number;
  readonly #exemplars: Exemplar[] = [];

  /** With a TTL of 0, each exemplar past the size replaces the oldest. */
  constructor(size: number, ttlSeconds: number) {
    this.#size = size;
    this.#ttlMs = ttlSeconds * 1000;
  }

  get exemplars(): readonly Exemplar[] {
    return this.#exemplars;
  }

  /**
   * Adds an exemplar, which must have a timestamp; if there is no room, it replaces another one.
   */
  add(exemplar: Exemplar): void {
    const exemplars = this.#exemplars;
    const { value } = exemplar;
    if (exemplars.length < this.#size) {
      exemplars.splice(
        first(exemplars, (other) => other.value > value),
        0,
        exemplar,
      );
    } else if (exemplars.length > 0) {
      const at = first(exemplars, (other) => other.value >= value);
      const gone = this.#expired(exemplar) ?? victim(exemplars, exemplar, at);
      exemplars.splice(gone, 1);
      exemplars.splice(gone < at ? at - 1 : at, 0, exemplar);
    }
  }

  /** The index of the oldest exemplar if it is older than the TTL. */
  #expired(exemplar: Exemplar): number | undefined {
    const oldest = Math.min(...this.#exemplars.map(({ timestamp }) => timestamp));
    // Fractions of seconds since the epoch are not exact, but their difference is, to the
    // millisecond.
    const ageMs = Math.round((exemplar.timestamp - oldest) * 1000);
    if (this.#ttlMs > 0 && ageMs <= this.#ttlMs) return undefined;
    return first(this.#exemplars, ({ timestamp }) => timestamp === oldest);
  }
}

/** The index of the first exemplar that fits; the length if there is none. */
function first(exemplars: readonly Exemplar[], fits: (exemplar: Exemplar) => boolean): number {
  const index = exemplars.findIndex(fits);
  return index < 0 ? exemplars.length : index;
}

/**
 * The index of the exemplar to replace: the older of the two closest, or a neighbour that is closer
 * to the new one.
 */
function victim(exemplars: readonly Exemplar[], exemplar: Exemplar, at: number): number {
  let gone = 0;
  let closest = Number.POSITIVE_INFINITY;
  exemplars.slice(1).forEach((upper, i) => {
    const lower = exemplars[i]!;
    const distance = logDistance(lower, upper);
    // Values without a logarithm have no distance (NaN). As in Go, the first two are taken if they
    // have none.
    if (i > 0 && !(distance < closest)) return;
    closest = distance;
    gone = upper.timestamp < lower.timestamp ? i + 1 : i;
  });
  for (const neighbour of [at - 1, at]) {
    const distance = logDistance(exemplars[neighbour], exemplar);
    if (!(distance < closest)) continue;
    closest = distance;
    gone = neighbour;
  }
  return gone;
}

function logDistance(a: Exemplar | undefined, b: Exemplar): number {
  return a === undefined ? Number.NaN : Math.abs(Math.log(a.value) - Math.log(b.value));
}
