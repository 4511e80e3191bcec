import { pageReleased } from "../../errors.ts";

/** A page with its media type. */
export interface Exposition {
  /** For the `Content-Type` header: the format, its version, how names are escaped. */
  readonly contentType: string;
  /** The page, in UTF-8 or protobuf. It never changes, until it is released. */
  readonly body: Uint8Array;
  /**
   * Gives the page's memory back to the registry, which writes the next page into it. Nobody may read the bytes any
   * more: to read `body` throws `NARTHEX_PAGE_RELEASED`, and an array that was taken from it before shows the next page.
   * A page that is not released is left to the garbage collector, which is right for most programs. To get new memory for
   * a page of some megabytes can take longer than to write it: the handlers of this package release the pages that they
   * have compressed.
   *
   * @example
   * import { gzipSync } from "node:zlib";
   *
   * const page = await metrics.expose();
   * const compressed = gzipSync(page.body);
   * page.release();
   */
  release(): void;
}

/** Memory of fewer bytes costs nothing to get. */
const WORTHWHILE = 1 << 16;

/** A page does not take memory that is so many times as large: the next large page needs it more. */
const MOST_TIMES = 4;

/**
 * The memory of a page that was released, for the next one. It is held weakly: where the garbage collector runs before
 * the next scrape, the program may need the memory more.
 */
export class SpareMemory {
  #buffer: WeakRef<ArrayBuffer> | undefined;

  /** Memory for a page of about so many bytes, which is the caller's then; undefined if there is none that fits. */
  take(length: number): ArrayBuffer | undefined {
    const buffer = this.#buffer?.deref();
    if (buffer === undefined) return undefined;
    const size = buffer.byteLength;
    if (size < length || size > MOST_TIMES * length) return undefined;
    this.#buffer = undefined;
    return buffer;
  }

  give(buffer: ArrayBuffer): void {
    if (buffer.byteLength >= WORTHWHILE && typeof WeakRef === "function") {
      this.#buffer = new WeakRef(buffer);
    }
  }
}

/** A page in memory that the next one can have. */
export class Page implements Exposition {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly #memory: SpareMemory;
  #isReleased = false;

  constructor(contentType: string, body: Uint8Array, memory: SpareMemory) {
    this.contentType = contentType;
    this.body = body;
    this.#memory = memory;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    // A page never lies in shared memory, which the type allows.
    this.#memory.give(this.body.buffer as ArrayBuffer);
    Object.defineProperty(this, "body", { get: refuse });
  }
}

function refuse(): never {
  throw pageReleased();
}
