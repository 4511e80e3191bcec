import { keyOf } from "./label-sets.ts";
import type { Options } from "./subjects.ts";

export const EXPIRE_AFTER_SECONDS = 60;
const OVERFLOW = keyOf("_other", "_other");

export interface Entry {
  readonly key: string;
  count: number;
  updatedAt: number;
  gone?: "removed" | "expired";
}

/** What the series of a family should be, by the plainest means. */
export class Model {
  readonly entries = new Map<string, Entry>();
  readonly #limit: number;
  readonly #expires: boolean;
  #overflow: Entry | undefined;
  overflows = 0;
  now = 1.7e12;

  constructor({ limit, expireAfterSeconds }: Pick<Options, "limit" | "expireAfterSeconds">) {
    this.#limit = limit;
    this.#expires = expireAfterSeconds !== undefined;
  }

  update(entry: Entry): void {
    entry.count += 1;
    entry.updatedAt = this.now;
    if (entry === this.#overflow) this.overflows += 1;
  }

  entryOf(key: string): Entry {
    const entry = this.entries.get(key);
    if (entry !== undefined) return entry;
    if (this.#isFull) this.expire();
    if (!this.#isFull) return this.#add(key);
    this.#overflow ??= this.entries.get(OVERFLOW) ?? this.#add(OVERFLOW);
    return this.#overflow;
  }

  remove(key: string, gone: Entry["gone"] = "removed"): boolean {
    const entry = this.entries.get(key);
    if (entry === undefined) return false;
    entry.gone = gone;
    if (entry === this.#overflow) this.#overflow = undefined;
    return this.entries.delete(key);
  }

  clear(): void {
    for (const key of this.entries.keys()) this.remove(key);
  }

  expire(): void {
    if (!this.#expires) return;
    for (const { key, updatedAt } of this.entries.values()) {
      if (updatedAt + 1000 * EXPIRE_AFTER_SECONDS <= this.now) this.remove(key, "expired");
    }
  }

  get #isFull(): boolean {
    return this.entries.size - (this.#overflow === undefined ? 0 : 1) >= this.#limit;
  }

  #add(key: string): Entry {
    const entry = { key, count: 0, updatedAt: this.now };
    this.entries.set(key, entry);
    return entry;
  }
}
