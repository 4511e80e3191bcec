import { statSync, utimesSync, writeFileSync } from "node:fs";
import { codeOf, type GroupFolder } from "./folder.ts";
import { ASKED } from "./group-files.ts";

/** How often values are fetched for others while somebody scrapes the group. */
const EVERY_MS = 5000;
/** For how long after a scrape that goes on. */
const AFTER_MS = 5 * 60_000;

/** Where members leave the time at which the group was scraped. */
export interface Asked {
  /** The group is scraped now. */
  ask(): void;
  /** When it last was, in milliseconds since the epoch. */
  readonly askedMs: number;
}

/**
 * Tells the members of a group whether somebody scrapes it. A member whose neighbour is scraped fetches its
 * values (those of a `collect`) from time to time; if nobody scrapes, nobody does.
 */
export class Demand {
  readonly #asked: Asked;
  readonly #collect: (deadlineMs: number) => Promise<void>;
  #collectedMs = Number.NEGATIVE_INFINITY;

  constructor(asked: Asked, collect: (deadlineMs: number) => Promise<void>) {
    this.#asked = asked;
    this.#collect = collect;
  }

  /** The member is scraped: it has fetched its values, and the others should. */
  note(): void {
    this.#collectedMs = performance.now();
    this.#asked.ask();
  }

  /** Fetches the values if it is time to. */
  tick(): void {
    const now = performance.now();
    if (now - this.#collectedMs < EVERY_MS) return;
    const isFirst = this.#collectedMs === Number.NEGATIVE_INFINITY;
    this.#collectedMs = now;
    if (!isFirst && Date.now() - this.#asked.askedMs >= AFTER_MS) return;
    // What fails is counted and told of by the registry.
    this.#collect(EVERY_MS).catch(() => {});
  }
}

/** A file whose time tells when the group was last scraped. */
export class AskedFile implements Asked {
  readonly #path: string;

  constructor(folder: GroupFolder) {
    this.#path = folder.file(ASKED);
  }

  ask(): void {
    const now = new Date();
    try {
      utimesSync(this.#path, now, now);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      writeFileSync(this.#path, "", { mode: 0o600 });
    }
  }

  get askedMs(): number {
    try {
      return statSync(this.#path).mtimeMs;
    } catch {
      return Number.NEGATIVE_INFINITY;
    }
  }
}
