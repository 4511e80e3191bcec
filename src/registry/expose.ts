import { sampleNameTaken } from "../errors.ts";
import { FORMATS } from "../exposition/formats.ts";
import { negotiate } from "../exposition/negotiate.ts";
import { render } from "../exposition/render.ts";
import { CollectedInstrument } from "../instruments/collected.ts";
import type { RegistryContext } from "../instruments/definition.ts";
import type { HeldSeries } from "../instruments/held-series.ts";
import type { CollectContext } from "../model/collect-context.ts";
import type { Family } from "../model/family.ts";
import type { MetricSource } from "../model/sample-sink.ts";
import { type Collecting, collect } from "./collect.ts";
import { type AnyInstrument, claimedNames, type Families } from "./families.ts";
import { ForeignVisit, isNamed } from "./foreign-source.ts";
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

/** A source that a user registered. */
export class RegisteredSource implements Collecting {
  readonly source: MetricSource;
  readonly read: (context: CollectContext) => unknown;

  constructor(source: MetricSource) {
    this.source = source;
    this.read = (context) => source.collect?.(context);
  }

  apply(): void {}
}

/** What a registry exposes. */
export interface Exposed {
  readonly families: Families;
  readonly sources: Iterable<RegisteredSource>;
  readonly constantLabels: RegistryContext["constantLabels"];
  readonly own: OwnMetrics;
}

/** Makes pages of what a registry exposes. */
export class PageMaker {
  readonly #exposed: Exposed;
  /** The length of the last page of each format: the next one will be about as long. */
  readonly #lengths = new Map<string, number>();

  constructor(exposed: Exposed) {
    this.#exposed = exposed;
  }

  async make(options: ExposeOptions): Promise<Exposition> {
    const { accept, names, deadlineMs = DEFAULT_DEADLINE_MS, createdSamples = false } = options;
    const negotiated = negotiate(accept);
    const sources = await this.#collected(names, deadlineMs);
    // Numbers get longer as they grow.
    const capacity = 1024 + 1.05 * (this.#lengths.get(negotiated.format) ?? 0);
    const page = await FORMATS[negotiated.format].open({
      escaping: negotiated.escaping,
      capacity: Math.ceil(capacity),
      createdSamples,
    });
    const lost = await render(sources, page);
    for (const source of lost.keys()) this.#exposed.own.countLost(nameOf(source));
    const body = page.finish();
    if (names === undefined) this.#lengths.set(negotiated.format, body.length);
    return { contentType: negotiated.contentType, body };
  }

  /** The sources that a page shows, once they have been read. */
  async #collected(
    names: readonly string[] | undefined,
    deadlineMs: number,
  ): Promise<(AnyInstrument | ForeignVisit)[]> {
    const { families, sources, own } = this.#exposed;
    const isWanted = (instrument: AnyInstrument) => isNamed(instrument.family, names);
    const collecting: (RegisteredSource | CollectedInstrument<HeldSeries>)[] = [
      ...[...families].filter(isWanted).filter(hasCallback),
      ...sources,
    ];
    const late = await collect(collecting, deadlineMs);
    for (const one of late)
      own.countLost(one instanceof RegisteredSource ? "_source" : one.family.name);
    const counted = own.instruments.filter(({ table }) => table.size > 0);
    return [
      ...[...families, ...counted]
        .filter(isWanted)
        .filter((instrument) => !(late as ReadonlySet<unknown>).has(instrument)),
      ...this.#visits(
        [...sources].filter((source) => !late.has(source)),
        names,
      ),
    ];
  }

  #visits(sources: RegisteredSource[], names: readonly string[] | undefined): ForeignVisit[] {
    const { families, constantLabels } = this.#exposed;
    const claimed = new Set<string>();
    const claim = (family: Family) => {
      families.checkFree(family);
      for (const exposed of claimedNames(family)) {
        if (claimed.has(exposed)) throw sampleNameTaken(exposed, family.name, "another source's");
        claimed.add(exposed);
      }
    };
    return sources.map(({ source }) => new ForeignVisit(source, { constantLabels, claim, names }));
  }
}

function hasCallback(instrument: AnyInstrument): instrument is CollectedInstrument<HeldSeries> {
  return instrument instanceof CollectedInstrument && instrument.callback !== undefined;
}

function nameOf(source: AnyInstrument | ForeignVisit): string {
  return source instanceof ForeignVisit ? source.family : source.family.name;
}
