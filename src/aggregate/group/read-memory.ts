/** Reports that nobody needs are kept up to this many. */
const MAX_FREE = 64;

/**
 * Memory for the reports that are read. That of a report is used for a later one, as new memory takes the kernel longer
 * than to read it.
 */
export class ReadMemory {
  #free: Buffer[] = [];
  /** Reports that have been replaced since the last reading that did not fail: a page may still need them. */
  #replaced: Buffer[] = [];

  take(length: number): Buffer {
    const i = this.#free.findIndex((one) => one.length >= length && one.length <= 2 * length);
    const [memory] = i < 0 ? [Buffer.allocUnsafeSlow(length)] : this.#free.splice(i, 1);
    return memory!.subarray(0, length);
  }

  /** A report has been read in the place of this one. */
  replace(report: Buffer | undefined): void {
    if (report !== undefined) this.#replaced.push(report);
  }

  /** What has been read so far is there, and takes the place of what was read before. */
  release(): void {
    for (const { buffer } of this.#replaced) this.#free.push(Buffer.from(buffer));
    this.#free = this.#free.slice(-MAX_FREE);
    this.#replaced = [];
  }
}
