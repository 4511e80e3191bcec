import { threadsFull } from "../../errors.ts";
import type { SharedReport } from "../group/numbered-reports.ts";
import { randomName } from "../group/report-names.ts";
import { MEMBER_WORDS, MemberPlace } from "./member-place.ts";

/** The version of what is in the memory; another one is another number. */
const MAGIC = 0x6e740002;
/** Memory is given out in blocks of this many bytes. */
export const BLOCK = 2 ** 14;
const BLOCKS = 2 ** 16;
const GROWTH = 2 ** 20;
/** How many threads can be members at once. */
const MEMBERS = 1024;

const HEADER_BYTES = 64;
const MEMBERS_AT = HEADER_BYTES;
const CLAIMANTS_AT = MEMBERS_AT + MEMBERS * MEMBER_WORDS * 4;
const OWNERS_AT = CLAIMANTS_AT + BLOCKS * 4;
const DATA_AT = OWNERS_AT + BLOCKS * 4;
/** What the memory may grow to. It takes nothing until it is written. */
const MAX_BYTES = DATA_AT + BLOCK * BLOCKS;

/** The claimant of a block that is being freed. */
const FREEING = -1;

/** The words of the header. */
const IS_NARTHEX = 0;
const NEWEST_ID = 1;
const FOLD = 2;
const ASKED = 3;
const BLOCKS_USED = 4;
/** Two words. */
const NAME = 5;
const REPORT_NUMBER = 7;
const REPORT_CHECKSUM = 8;
const IS_SETTLED = 9;
const IS_CLOSED = 10;
/** Two words, which are one number. */
const REPORTED_MS_AT = 48;
/** Each word of the name has so many hexadecimal digits. */
const NAME_DIGITS = 6;

/** Memory of this kind is known to all runtimes that narthex supports, but not to the types of ES2022. */
interface GrowableMemory extends SharedArrayBuffer {
  grow(bytes: number): void;
}

const GrowableMemory = SharedArrayBuffer as unknown as new (
  bytes: number,
  options: { readonly maxByteLength: number },
) => GrowableMemory;

/**
 * The memory that the threads of a group share. It has a list of members, and blocks, each of which says
 * which member has claimed it, and which object it belongs to: a region, a report or a fold. Whoever dies
 * while it changes something leaves nothing locked, and blocks that can be told to be nobody's.
 */
export class Arena implements SharedReport {
  readonly buffer: SharedArrayBuffer;
  readonly members: readonly MemberPlace[];
  readonly #header: Int32Array;
  readonly #reportedMs: BigInt64Array;
  readonly #claimants: Int32Array;
  /** The object of each block: its id where it begins, and minus that in its other blocks. */
  readonly #owners: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.#reportedMs = new BigInt64Array(buffer, REPORTED_MS_AT, 1);
    this.#claimants = new Int32Array(buffer, CLAIMANTS_AT, BLOCKS);
    this.#owners = new Int32Array(buffer, OWNERS_AT, BLOCKS);
    const words = new Int32Array(buffer, MEMBERS_AT, MEMBERS * MEMBER_WORDS);
    this.members = Array.from(
      { length: MEMBERS },
      (_, i) => new MemberPlace(words, i * MEMBER_WORDS),
    );
  }

  /**
   * Makes new memory.
   *
   * @param name 12 hexadecimal digits, which no other memory of the process has
   */
  static make(name = randomName(2 * NAME_DIGITS)): Arena {
    const buffer = new GrowableMemory(DATA_AT, { maxByteLength: MAX_BYTES });
    const header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    const words = [name.slice(0, NAME_DIGITS), name.slice(NAME_DIGITS)];
    header.set(
      words.map((digits) => Number.parseInt(digits, 16)),
      NAME,
    );
    header[IS_NARTHEX] = MAGIC;
    return new Arena(buffer);
  }

  /** The same in all threads, and another one for each memory: 12 hexadecimal digits. */
  get name(): string {
    const words = [...this.#header.subarray(NAME, NAME + 2)];
    return words.map((word) => word.toString(16).padStart(NAME_DIGITS, "0")).join("");
  }

  /** Whether some shared memory is an arena of this version. */
  static is(buffer: unknown): buffer is SharedArrayBuffer {
    if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength < DATA_AT) return false;
    return new Int32Array(buffer, 0, 1)[IS_NARTHEX] === MAGIC;
  }

  /** An id that nothing else in this memory has had. */
  newId(): number {
    return Atomics.add(this.#header, NEWEST_ID, 1) + 1;
  }

  /** The object with what members counted that have ended; 0 if there is none. */
  get fold(): number {
    // An addition, unlike a load, is not done before the reads in front of it.
    return Atomics.add(this.#header, FOLD, 0);
  }

  /** Puts a fold in the place of another; returns whether nobody was first. */
  replaceFold(before: number, fold: number): boolean {
    return Atomics.compareExchange(this.#header, FOLD, before, fold) === before;
  }

  /** When the group was last scraped, in seconds since the epoch. */
  get askedSeconds(): number {
    return Atomics.load(this.#header, ASKED);
  }

  set askedSeconds(seconds: number) {
    Atomics.store(this.#header, ASKED, seconds);
  }

  /** The number of the newest report that the threads have made for other processes. */
  get reportNumber(): number {
    return Atomics.load(this.#header, REPORT_NUMBER);
  }

  raiseReportNumber(before: number): boolean {
    return Atomics.compareExchange(this.#header, REPORT_NUMBER, before, before + 1) === before;
  }

  get reportChecksum(): number {
    return Atomics.load(this.#header, REPORT_CHECKSUM) >>> 0;
  }

  set reportChecksum(checksum: number) {
    Atomics.store(this.#header, REPORT_CHECKSUM, checksum);
  }

  get reportedMs(): number {
    return Number(Atomics.load(this.#reportedMs, 0));
  }

  set reportedMs(ms: number) {
    Atomics.store(this.#reportedMs, 0, BigInt(Math.floor(ms)));
  }

  /** Whether the threads, as one member of a group of processes, know what becomes of the counts before them. */
  get isSettled(): boolean {
    return Atomics.load(this.#header, IS_SETTLED) === 1;
  }

  set isSettled(isSettled: boolean) {
    Atomics.store(this.#header, IS_SETTLED, Number(isSettled));
  }

  get isClosed(): boolean {
    return Atomics.load(this.#header, IS_CLOSED) === 1;
  }

  set isClosed(isClosed: boolean) {
    Atomics.store(this.#header, IS_CLOSED, Number(isClosed));
  }

  /**
   * Claims adjacent blocks with zeros.
   *
   * @param isFirst whether the object begins there
   * @returns where they begin
   * @throws where there is no room
   */
  allocate(claimant: number, owner: number, bytes: number, isFirst = true): number {
    const count = Math.ceil(bytes / BLOCK);
    const first = this.#claim(claimant, count);
    const at = DATA_AT + first * BLOCK;
    this.#reach(at + count * BLOCK);
    new Uint8Array(this.buffer, at, count * BLOCK).fill(0);
    for (let block = first; block < first + count; block += 1) {
      Atomics.store(this.#owners, block, isFirst && block === first ? owner : -owner);
    }
    return at;
  }

  /** Where an object begins; undefined if there is none. */
  find(owner: number): number | undefined {
    const used = Atomics.load(this.#header, BLOCKS_USED);
    for (let block = 0; block < used; block += 1) {
      if (Atomics.load(this.#owners, block) === owner) return DATA_AT + block * BLOCK;
    }
    return undefined;
  }

  /** How many bytes the blocks have that are claimed. */
  get size(): number {
    return this.#claimants.reduce((sum, claimant) => sum + (claimant === 0 ? 0 : BLOCK), 0);
  }

  /** Frees the blocks of an object, or all that fit. */
  free(isFreed: (owner: number, claimant: number) => boolean): void {
    const used = Atomics.load(this.#header, BLOCKS_USED);
    for (let block = 0; block < used; block += 1) {
      const claimant = Atomics.load(this.#claimants, block);
      if (claimant <= 0 || !isFreed(Math.abs(Atomics.load(this.#owners, block)), claimant))
        continue;
      // Another thread may have freed it, and a third one claimed it.
      if (Atomics.compareExchange(this.#claimants, block, claimant, FREEING) !== claimant) continue;
      Atomics.store(this.#owners, block, 0);
      Atomics.store(this.#claimants, block, 0);
    }
  }

  #claim(claimant: number, count: number): number {
    let run = 0;
    for (let block = 0; block < BLOCKS; block += 1) {
      if (Atomics.compareExchange(this.#claimants, block, 0, claimant) === 0) run += 1;
      else run = this.#release(block, run);
      if (run < count) continue;
      this.#use(block + 1);
      return block + 1 - count;
    }
    this.#release(BLOCKS, run);
    throw threadsFull(`${BLOCKS * BLOCK} bytes`);
  }

  #release(end: number, count: number): 0 {
    for (let block = end - count; block < end; block += 1) {
      Atomics.store(this.#claimants, block, 0);
    }
    return 0;
  }

  #use(blocks: number): void {
    for (;;) {
      const used = Atomics.load(this.#header, BLOCKS_USED);
      if (used >= blocks) return;
      Atomics.compareExchange(this.#header, BLOCKS_USED, used, blocks);
    }
  }

  /** Makes the memory as long as it must be. */
  #reach(bytes: number): void {
    while (this.buffer.byteLength < bytes) {
      try {
        const length = Math.ceil(bytes / GROWTH) * GROWTH;
        (this.buffer as GrowableMemory).grow(Math.min(length, MAX_BYTES));
      } catch (error) {
        // Another thread may have made it longer meanwhile.
        if (this.buffer.byteLength < bytes) throw error;
      }
    }
  }
}
