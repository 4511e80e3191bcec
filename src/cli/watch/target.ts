import { setTimeout as sleep } from "node:timers/promises";
import type { ParsedPage } from "../../exposition/parse/parsed-page.ts";
import { show } from "../../live/values.ts";
import { CommandError, type Given, harmless } from "../command.ts";
import { readPage, withoutCredentials } from "../page.ts";

/** What is watched, and how. */
export interface WatchSettings {
  readonly url: string;
  /** The time between two readings. */
  readonly seconds: number;
  /** Only families with this in their names; empty for all. */
  readonly search: string;
  /** How many readings are written; undefined: as many as come. */
  readonly count: number | undefined;
}

/** What became of one request for the page. */
type Attempt = { readonly page: ParsedPage } | { readonly trouble: string };

/** How the target is doing. */
export interface Status {
  readonly text: string;
  readonly isTrouble: boolean;
}

/** How long a target may take before it is told that we wait, in milliseconds. */
const PATIENCE_MS = 1500;

/** A page that is read again and again. */
export class Target {
  readonly #given: Given;
  readonly #url: string;
  readonly #seconds: number;
  #asked: number | undefined;
  #took = 0;
  #trouble: { readonly text: string; readonly since: number } | undefined;

  constructor(given: Given, { url, seconds }: WatchSettings) {
    this.#given = given;
    this.#url = url;
    this.#seconds = seconds;
  }

  /** Reads the page until the signal: one request at a time, each at most as long as `--timeout`. */
  async *attempts(signal: AbortSignal): AsyncGenerator<Attempt> {
    while (!signal.aborted) {
      const begin = performance.now();
      const attempt = await this.#attempt(begin, signal);
      if (signal.aborted) return;
      yield attempt;
      const rest = Math.max(0, begin + this.#seconds * 1000 - performance.now());
      await sleep(rest, undefined, { signal }).catch(() => undefined);
    }
  }

  status(): Status {
    const now = performance.now();
    const waits = this.#asked === undefined ? 0 : now - this.#asked;
    if (this.#trouble !== undefined) {
      const { text, since } = this.#trouble;
      return { text: `down for ${wholeSeconds(now - since)}: ${text}`, isTrouble: true };
    }
    if (waits > PATIENCE_MS) {
      return { text: `no answer for ${wholeSeconds(waits)}`, isTrouble: true };
    }
    const took = this.#took === 0 ? "reading …" : `in ${show(this.#took / 1000, "seconds")}`;
    return { text: `every ${this.#seconds} s, ${took}`, isTrouble: false };
  }

  async #attempt(begin: number, signal: AbortSignal): Promise<Attempt> {
    this.#asked = begin;
    try {
      const page = await readPage(this.#given, this.#url, signal);
      this.#took = performance.now() - begin;
      this.#trouble = undefined;
      return { page };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      // Whoever reads it knows the URL.
      const text = harmless(
        error.message.replace(withoutCredentials(this.#url), "").replace(/^:? |\.$/g, ""),
      );
      this.#trouble = { text, since: this.#trouble?.since ?? begin };
      return { trouble: text };
    } finally {
      this.#asked = undefined;
    }
  }
}

function wholeSeconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
