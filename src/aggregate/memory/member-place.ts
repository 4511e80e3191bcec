/** How many words a member has in the memory. */
export const MEMBER_WORDS = 8;

/** The id of a place whose member is not there yet. */
const TAKEN = -1;

/**
 * The words of a member in the memory, each of which is read and written at once. `id` is 0 for a free
 * place; the others are valid while it stays the same.
 */
export class MemberPlace {
  readonly #words: Int32Array;
  readonly #first: number;

  constructor(words: Int32Array, first: number) {
    this.#words = words;
    this.#first = first;
  }

  get id(): number {
    return Atomics.load(this.#words, this.#first + 0);
  }

  /** Of the thread, as Node counts them. */
  get threadId(): number {
    return Atomics.load(this.#words, this.#first + 1);
  }

  /** Of the thread, as the kernel counts them; 0 where it does not tell. */
  get kernelId(): number {
    return Atomics.load(this.#words, this.#first + 2);
  }

  get kernelStart(): number {
    return Atomics.load(this.#words, this.#first + 3);
  }

  /** The region with the member's numbers; 0 before there is one. */
  get region(): number {
    return Atomics.load(this.#words, this.#first + 4);
  }

  set region(id: number) {
    Atomics.store(this.#words, this.#first + 4, id);
  }

  /** The report of what is not in the region; 0 if there is none. */
  get report(): number {
    return Atomics.load(this.#words, this.#first + 5);
  }

  set report(id: number) {
    Atomics.store(this.#words, this.#first + 5, id);
  }

  get hasEnded(): boolean {
    return Atomics.load(this.#words, this.#first + 6) === 1;
  }

  end(): void {
    Atomics.store(this.#words, this.#first + 6, 1);
  }

  /** Takes the place for a member; returns whether it was free. */
  take(
    id: number,
    threadId: number,
    kernel: { readonly id: number; readonly start: number },
  ): boolean {
    if (Atomics.compareExchange(this.#words, this.#first, 0, TAKEN) !== 0) return false;
    for (const [word, value] of [threadId, kernel.id, kernel.start, 0, 0, 0].entries()) {
      Atomics.store(this.#words, this.#first + word + 1, value);
    }
    Atomics.store(this.#words, this.#first, id);
    return true;
  }

  free(): void {
    this.region = 0;
    this.report = 0;
    Atomics.store(this.#words, this.#first + 0, 0);
  }
}
