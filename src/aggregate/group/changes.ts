import type { RegistryParts } from "../../registry/parts.ts";
import { checksumOf } from "../region/format.ts";

/** Tells whether a registry may have other metrics than a moment ago, for much less than it takes to visit them. */
export class Changes {
  readonly #parts: RegistryParts;
  #before: string | undefined;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  /** What was noticed was not written. */
  forget(): void {
    this.#before = undefined;
  }

  /** Whether something may have changed since the last call. */
  noticed(): boolean {
    const { families, own, sources } = this.#parts;
    // Nobody knows what the sources of users have, before they are visited.
    for (const _ of sources) return true;
    let checksum = 0;
    const marks: unknown[] = [];
    for (const instrument of [...families, ...own.instruments]) {
      instrument.refresh();
      const { table, rows, mark } = instrument;
      marks.push(table.newest, table.size, table.restarts, mark);
      for (const { buffer, byteOffset, byteLength } of rows.all()) {
        checksum = checksumOf(new Uint8Array(buffer, byteOffset, byteLength), checksum);
      }
    }
    const now = JSON.stringify([checksum, marks]);
    const isSame = now === this.#before;
    this.#before = now;
    return !isSame;
  }
}
