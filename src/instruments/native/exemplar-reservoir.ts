import type { Exemplar } from "../../model/sample-sink.ts";

/** A few exemplars in ascending order of their values, well spread on a logarithmic scale. */
export class ExemplarReservoir {
  readonly #size: number;
  readonly #ttlMs: number;
  readonly #exemplars: Exemplar[] = [];

  /** A TTL of 0 lets every exemplar past the size replace the oldest. */
  constructor(size: number, ttlSeconds: number) {
    this.#size = size;
    this.#ttlMs = ttlSeconds * 1000;
  }

  get exemplars(): readonly Exemplar[] {
    return this.#exemplars;
  }

  /** Takes in an exemplar, which must have a timestamp; where there is no room, another one goes. */
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

  /** The oldest, if its time is over at the new one's. */
  #expired(exemplar: Exemplar): number | undefined {
    const oldest = Math.min(...this.#exemplars.map(({ timestamp }) => timestamp));
    // Seconds since the epoch are too large for exact fractions; their difference is right to the ms.
    const ageMs = Math.round((exemplar.timestamp - oldest) * 1000);
    if (this.#ttlMs > 0 && ageMs <= this.#ttlMs) return undefined;
    return first(this.#exemplars, ({ timestamp }) => timestamp === oldest);
  }
}

/** The index of the first that fits; past the end where none does. */
function first(exemplars: readonly Exemplar[], fits: (exemplar: Exemplar) => boolean): number {
  const index = exemplars.findIndex(fits);
  return index < 0 ? exemplars.length : index;
}

/** Which one goes: the older of the closest two, or the new one's neighbour where that is closer. */
function victim(exemplars: readonly Exemplar[], exemplar: Exemplar, at: number): number {
  let gone = 0;
  let closest = Number.POSITIVE_INFINITY;
  exemplars.slice(1).forEach((upper, i) => {
    const lower = exemplars[i]!;
    const distance = logDistance(lower, upper);
    // Values without a logarithm are at no distance; as in Go, the first two go first if they have none.
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
