import { Digest } from "./digest.ts";

interface WindowOptions {
  readonly maxAgeSeconds?: number;
  readonly ageBuckets?: number;
  /** After so many values each, the digests are compressed. */
  readonly compressCount: number;
}

/**
 * The values of a summary's series, as prom-client keeps them: `ageBuckets` digests get each value, one of them is
 * read, and begins again when the next one's turn has come.
 */
export class QuantileWindow {
  readonly #digests: Digest[];
  readonly #turnMs: number;
  #turn = 0;
  #turnBeganMs = Date.now();
  readonly #compressCount: number;
  #count = 0;

  constructor({ maxAgeSeconds, ageBuckets, compressCount }: WindowOptions) {
    // At first, they are all the same one, as in prom-client.
    this.#digests = new Array<Digest>(ageBuckets || 1).fill(new Digest());
    this.#compressCount = compressCount;
    const isAging = maxAgeSeconds && ageBuckets;
    this.#turnMs = isAging ? (maxAgeSeconds * 1000) / ageBuckets : Number.POSITIVE_INFINITY;
  }

  get isEmpty(): boolean {
    return this.#current().size === 0;
  }

  push(value: number): void {
    this.#current();
    for (const digest of this.#digests) digest.push(value);
    this.#count += 1;
    if (this.#count % this.#compressCount === 0) this.compress();
  }

  compress(): void {
    for (const digest of this.#digests) digest.compress();
  }

  reset(): void {
    for (const digest of this.#digests) digest.reset();
    this.#count = 0;
  }

  quantile(quantile: number): number {
    return this.#current().quantile(quantile);
  }

  #current(): Digest {
    let elapsedMs = Date.now() - this.#turnBeganMs;
    while (elapsedMs > this.#turnMs) {
      this.#digests[this.#turn] = new Digest();
      this.#turn = (this.#turn + 1) % this.#digests.length;
      elapsedMs -= this.#turnMs;
      this.#turnBeganMs += this.#turnMs;
    }
    return this.#digests[this.#turn]!;
  }
}
