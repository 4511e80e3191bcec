import { sampleNameTaken } from "../errors.ts";
import { FORMATS } from "../exposition/formats.ts";
import { negotiate } from "../exposition/negotiate.ts";
import { render } from "../exposition/render.ts";
import type { Family } from "../model/family.ts";
import type { MetricSource } from "../model/sample-sink.ts";
import { collect, type Reader } from "./collect.ts";
import { claimedNames, type Families } from "./families.ts";
import { type ForeignSource, ForeignVisit, isNamed } from "./foreign-source.ts";
import type { OwnMetrics } from "./own-metrics.ts";

/** Below the 10 seconds that Prometheus waits by default. */
const DEFAULT_DEADLINE_MS = 8000;

export interface ExposeOptions {
  /** The request's `Accept` header. */
  readonly accept?: string | undefined;
  /** Leaves out all families but those of these names (a family's, or one of its samples'). */
  readonly names?: readonly string[] | undefined;
  /** How long collect callbacks may take, in milliseconds; 8,000 by default. */
  readonly deadlineMs?: number | undefined;
  /**
   * Whether OpenMetrics 1.0 tells when each series began: as a `_created` sample, which servers that
   * do not know better store as one more series. Off by default; the newer formats always tell.
   */
  readonly createdSamples?: boolean | undefined;
}

/** A page, and what it is. */
export interface Exposition {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What a page is made of: instruments, and sources that a user registered. */
interface Exposed extends MetricSource {
  /** The family that is lost where it fails. */
  readonly name: string;
  /** Reads what is exposed, where it must be read first. */
  readonly reader?: Reader | undefined;
}

/** Makes the pages of a registry. */
export class PageMaker {
  readonly #families: Families;
  readonly #foreign: Iterable<ForeignSource>;
  readonly #own: OwnMetrics;
  /** The length of the last page of each format: the next one will be about as long. */
  readonly #lengths = new Map<string, number>();

  constructor(families: Families, foreign: Iterable<ForeignSource>, own: OwnMetrics) {
    this.#families = families;
    this.#foreign = foreign;
    this.#own = own;
  }

  async make(options: ExposeOptions): Promise<Exposition> {
    const { accept, names, deadlineMs = DEFAULT_DEADLINE_MS, createdSamples = false } = options;
    const { format, escaping, contentType } = negotiate(accept);
    const all = this.#exposed(names);
    const unread = await collect(all, deadlineMs);
    const sources = all.filter((source) => !unread.has(source));
    for (const { name } of unread.keys()) this.#own.countLost(name);
    // Numbers get longer as they grow.
    const capacity = Math.ceil(1024 + 1.05 * (this.#lengths.get(format) ?? 0));
    const page = await FORMATS[format].open({ escaping, capacity, createdSamples });
    const lost = await render(sources, page);
    for (const { name } of lost.keys()) this.#own.countLost(name);
    const body = page.finish();
    if (names === undefined) this.#lengths.set(format, body.length);
    return { contentType, body };
  }

  #exposed(names: readonly string[] | undefined): Exposed[] {
    const claimed = new Set<string>();
    const claim = (family: Family) => {
      this.#families.checkFree(family);
      for (const exposed of claimedNames(family)) {
        if (claimed.has(exposed)) throw sampleNameTaken(exposed, family.name, "another source's");
        claimed.add(exposed);
      }
    };
    const instruments = [...this.#families, ...this.#own.instruments];
    return [
      ...instruments.filter(({ family }) => isNamed(family, names)),
      ...Array.from(this.#foreign, (source) => new ForeignVisit(source, { claim, names })),
    ];
  }
}
