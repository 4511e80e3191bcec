/** Gives numbers, which are all zero. */
export type Allocate = (length: number) => Float64Array;

/** The numbers of one sum. */
interface Taken {
  readonly numbers: Float64Array[];
  /** Whether the sum has been written, and nobody needs its numbers for it any more. */
  isWritten: boolean;
}

/**
 * Memory for the numbers of sums, one after another. What a sum has is used for the next one, as new memory takes the
 * kernel longer than what is done with it here.
 */
export class SumMemory {
  #free: Float64Array[] = [];
  #last: Taken = { numbers: [], isWritten: false };

  /** Begins the next sum. A sum before it that has been written can't be written again. */
  begin(): { readonly allocate: Allocate; readonly written: () => void } {
    // What the sum before did not need is given up.
    this.#free = this.#last.isWritten ? this.#last.numbers : [];
    const taken: Taken = { numbers: [], isWritten: false };
    this.#last = taken;
    const allocate = (length: number) => {
      const numbers = this.#take(length);
      taken.numbers.push(numbers);
      return numbers;
    };
    return {
      allocate,
      written: () => {
        taken.isWritten = true;
      },
    };
  }

  #take(length: number): Float64Array {
    const i = this.#free.findIndex((one) => one.length >= length && one.length <= 2 * length);
    if (i < 0) return new Float64Array(length);
    const [numbers] = this.#free.splice(i, 1);
    return numbers!.fill(0);
  }
}
