/** Pages double up to this many rows: the last one, which may be almost empty, is then never large. */
const MAX_ROWS_BITS = 10;
const MAX_ROWS = 1 << MAX_ROWS_BITS;
/** The slots of the pages before the first of that size. */
const DOUBLING_SLOTS = MAX_ROWS - 1;

/**
 * Rows of numbers, one row a slot, in pages that double in size and then stay at it: nothing ever
 * moves, so whoever holds a page and a position has the number itself.
 */
export class Pages {
  readonly stride: number;
  private readonly pages: Float64Array[] = [];

  constructor(stride: number) {
    this.stride = stride;
  }

  /** The page that holds this slot's row; made if it does not exist yet. */
  page(slot: number): Float64Array {
    const index = pageIndex(slot);
    return this.pages[index] ?? this.add(index);
  }

  /** Where the slot's row begins in its page. */
  at(slot: number): number {
    return (slot - firstSlot(slot)) * this.stride;
  }

  /** The first slot behind the page that holds this slot's row. */
  pageEnd(slot: number): number {
    const first = firstSlot(slot);
    return first + Math.min(first + 1, MAX_ROWS);
  }

  /** Sets the slot's row to zeros. */
  zero(slot: number): void {
    const at = this.at(slot);
    this.page(slot).fill(0, at, at + this.stride);
  }

  private add(index: number): Float64Array {
    const rows = index < MAX_ROWS_BITS ? 1 << index : MAX_ROWS;
    const page = new Float64Array(rows * this.stride);
    this.pages[index] = page;
    return page;
  }
}

function pageIndex(slot: number): number {
  if (slot < DOUBLING_SLOTS) return 31 - Math.clz32(slot + 1);
  return MAX_ROWS_BITS + ((slot - DOUBLING_SLOTS) >> MAX_ROWS_BITS);
}

function firstSlot(slot: number): number {
  if (slot < DOUBLING_SLOTS) return (1 << (31 - Math.clz32(slot + 1))) - 1;
  return slot - ((slot - DOUBLING_SLOTS) & (MAX_ROWS - 1));
}
