/**
 * Rows of numbers, one row a slot, in pages that double in size: nothing ever moves, so whoever
 * holds a page and a position has the number itself.
 */
export class Pages {
  readonly stride: number;
  private readonly pages: Float64Array[] = [];

  constructor(stride: number) {
    this.stride = stride;
  }

  /** The page that holds this slot's row; made if it does not exist yet. */
  page(slot: number): Float64Array {
    const index = 31 - Math.clz32(slot + 1);
    let page = this.pages[index];
    if (page === undefined) {
      page = new Float64Array((1 << index) * this.stride);
      this.pages[index] = page;
    }
    return page;
  }

  /** Where the slot's row begins in its page. */
  at(slot: number): number {
    return (slot + 1 - (1 << (31 - Math.clz32(slot + 1)))) * this.stride;
  }

  /** The first slot behind the page that holds this slot's row. */
  pageEnd(slot: number): number {
    return (2 << (31 - Math.clz32(slot + 1))) - 1;
  }

  /** Sets the slot's row to zeros. */
  zero(slot: number): void {
    const at = this.at(slot);
    this.page(slot).fill(0, at, at + this.stride);
  }

  /** Frees every page. */
  clear(): void {
    this.pages.length = 0;
  }
}
