import { statSync, utimesSync, writeFileSync } from "node:fs";
import { codeOf, type GroupFolder } from "./folder.ts";
import { ASKED } from "./group-files.ts";

/** How often values are fetched for others while somebody scrapes the group. */
const EVERY_MS = 5000;
/** For how long after a scrape that goes on. */
const AFTER_MS = 5 * 60_000;

/**
 * Tells the members of a group whether somebody scrapes it. A member whose neighbour is scraped fetches its
 * values (those of a `collect`) from time to time; if nobody scrapes, nobody does.
 */
export class Demand {
  readonly #path: string;
  readonly #collect: (deadlineMs: number) => Promise<void>;
  #collectedMs = Number.NEGATIVE_INFINITY;

  constructor(folder: GroupFolder, collect: (deadlineMs: number) => Promise<void>) {
    this.#path = folder.file(ASKED);
    this.#collect = collect;
  }

  /** The member is scraped: it has fetched its values, and the others should. */
  note(): void {
    this.#collectedMs = performance.now();
    const now = new Date();
    try {
      utimesSync(this.#path, now, now);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      writeFileSync(this.#path, "", { mode: 0o600 });
    }
  }

  /** Fetches the values if it is time to. */
  tick(): void {
    const now = performance.now();
    if (now - this.#collectedMs < EVERY_MS) return;
    const isFirst = this.#collectedMs === Number.NEGATIVE_INFINITY;
    this.#collectedMs = now;
    if (!isFirst && !this.#isScraped()) return;
    // What fails is counted and told of by the registry.
    this.#collect(EVERY_MS).catch(() => {});
  }

  #isScraped(): boolean {
    try {
      return Date.now() - statSync(this.#path).mtimeMs < AFTER_MS;
    } catch {
      return false;
    }
  }
}
