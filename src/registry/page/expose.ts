import { FORMATS } from "../../exposition/formats.ts";
import { negotiate } from "../../exposition/negotiate.ts";
import { type PageSink, type PageSource, render, renderNow } from "../../exposition/render.ts";
import { PageMemory } from "../../exposition/runs/page-memory.ts";
import type { MetricSource } from "../../model/sample-sink.ts";
import { knownOptions, type OptionNames } from "../../options.ts";
import { Claims, Families, isNamed } from "../families.ts";
import type { ForeignRules } from "../foreign/sink.ts";
import { ForeignSource, ForeignVisit } from "../foreign/source.ts";
import { type RegistryParts, registeredWith } from "../parts.ts";
import { type Making, making, whyLeftOut } from "./call.ts";
import { type Collecting, collect } from "./collect.ts";
import { type Exposition, Page, SpareMemory } from "./page.ts";
import type { Reader } from "./run.ts";

/** Less than the 10 seconds that Prometheus waits by default. */
const DEFAULT_DEADLINE_MS = 8000;

/** What page `expose` makes, and how long that may take. */
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
  /** Ends the scrape when nobody wants its page any more: `expose` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const EXPOSE_OPTIONS: OptionNames<ExposeOptions> = {
  accept: true,
  names: true,
  deadlineMs: true,
  createdSamples: true,
  signal: true,
};

/** The time that every visit has, however late the page is. */
const SHORTEST_VISIT_MS = 100;

/** What a page is made of: instruments, and sources that a user registered. */
interface Exposed extends PageSource {
  /** The family that the page lacks if the source fails. */
  readonly name: string;
  /** Reads the numbers before the page is written; undefined if they are there already. */
  readonly reader: Reader | undefined;
}

/** What a sink is filled with: all families, or those of these names. */
interface Filling {
  readonly names?: readonly string[] | undefined;
  readonly deadlineMs: number;
}

/** Makes the pages of a registry. */
export class PageMaker {
  readonly #parts: Omit<RegistryParts, "pages">;
  /** The length of the last page of each format: the next one will be about as long. */
  readonly #lengths = new Map<string, number>();

  readonly #memory: PageMemory;
  readonly #spare = new SpareMemory();

  /** @param keepBytes how many bytes the lines of the last pages may take */
  constructor(parts: Omit<RegistryParts, "pages">, keepBytes = 0) {
    this.#parts = parts;
    this.#memory = new PageMemory(keepBytes);
  }

  async make(given: ExposeOptions): Promise<Exposition> {
    const options = knownOptions("expose", given, EXPOSE_OPTIONS);
    const { accept, names, createdSamples = false, signal } = options;
    const { deadlineMs = DEFAULT_DEADLINE_MS } = options;
    const { format, escaping, contentType } = negotiate(accept);
    const { families, own, labels } = this.#parts;
    const group = this.#parts.group.member;
    labels.areShown = true;
    const page = making(this);
    const rules = this.#rules(page, {
      names: names && new Set(names),
      visitMs: visitTime(deadlineMs),
      claims: new Claims(families, `${format} ${escaping}`),
    });
    const all = this.#exposed(rules);
    const collecting = { page, deadlineMs, isAskedFor: options.deadlineMs !== undefined, signal };
    const unread = await this.#collect(all, collecting);
    signal?.throwIfAborted();
    // A bit more than the last page, because numbers get longer as they grow.
    const last = names === undefined ? this.#lengths.get(format) : undefined;
    const capacity = Math.ceil(1024 + 1.02 * (last ?? 0));
    const memory = this.#memory;
    memory.begin();
    const buffer = this.#spare.take(capacity);
    const sink = await FORMATS[format].open({ escaping, capacity, buffer, createdSamples, memory });
    const read =
      group === undefined
        ? all.filter((source) => !unread.has(source))
        : [summed(group.sum(page.askedBy !== undefined), rules)];
    const lost = await render(read, sink, signal);
    signal?.throwIfAborted();
    for (const [{ name }, reason] of lost) own.countLost(name, reason);
    const body = sink.finish();
    if (names === undefined) this.#lengths.set(format, body.length);
    return new Page(contentType, body, this.#spare);
  }

  /**
   * Reads all sources of this process and lets them visit a sink, as for a page. It is no scrape: what is
   * missing is not counted.
   */
  async fill(sink: PageSink, { names, deadlineMs }: Filling): Promise<void> {
    const page = making(this);
    const wanted = names && new Set(names);
    const claims = new Claims(this.#parts.families, "fill");
    const visiting = { names: wanted, visitMs: visitTime(deadlineMs), claims };
    const rules = { ...this.#rules(page, visiting), lose: () => {}, repeat: () => {} };
    const all = this.#exposed(rules);
    const collecting = { page, deadlineMs, isAskedFor: true, signal: undefined };
    const unread = await collect(all, collecting);
    await render(
      all.filter((source) => !unread.has(source)),
      sink,
    );
  }

  /** Reads what must be fetched before it can be shown, as for a page that nobody asks for. */
  async collect(deadlineMs: number): Promise<void> {
    const page = making(this);
    const all = this.#exposed(this.#rules(page, REPORTING));
    await this.#collect(all, { page, deadlineMs, isAskedFor: false, signal: undefined });
  }

  /**
   * Writes all that the registry itself has at this moment, for other members of its group.
   *
   * @param isScrape whether a scrape asks for it, which then counts what is missing
   * @param isLeftOut whether others have all of a source without it
   */
  report(
    sink: PageSink,
    isScrape: boolean,
    isLeftOut: (source: object) => boolean = () => false,
  ): void {
    const { families, labels, own } = this.#parts;
    labels.areShown = true;
    const rules = {
      ...this.#rules(making(this), { ...REPORTING, claims: new Claims(families, "region") }),
      ...(!isScrape && { lose: () => {}, repeat: () => {} }),
    };
    const reported = this.#exposed(rules).filter((source) => !isLeftOut(source));
    const lost = renderNow(reported, sink);
    if (isScrape) for (const [{ name }, reason] of lost) own.countLost(name, reason);
  }

  #rules(page: Making, rules: Pick<ForeignRules, "names" | "visitMs" | "claims">): ForeignRules {
    const { own } = this.#parts;
    return {
      ...rules,
      making: page,
      lose: (...lost) => own.countLost(...lost),
      repeat: (name, labels) => own.countDuplicate(name, labels),
    };
  }

  async #collect(
    all: readonly Exposed[],
    collecting: Collecting,
  ): Promise<ReadonlyMap<Exposed, unknown>> {
    const unread = await collect(all, collecting);
    if (collecting.signal?.aborted !== true) {
      for (const [{ name }, reason] of unread) this.#parts.own.countLost(name, reason);
    }
    return unread;
  }

  #exposed(rules: ForeignRules): Exposed[] {
    const { families, own } = this.#parts;
    const instruments = [...families, ...own.instruments];
    const all: Exposed[] = [
      ...instruments.filter(({ family }) => isNamed(family, rules.names)),
      ...registeredWith(this.#parts, rules),
    ];
    return rules.making.askedBy === undefined
      ? all
      : all.filter((source) => this.#hasPart(source, rules));
  }

  /** Whether a source is part of a page that a call of a user's function asks for. */
  #hasPart({ name, reader }: Exposed, { making, lose }: ForeignRules): boolean {
    const reason = reader && whyLeftOut(reader, making);
    if (reason !== undefined) lose(name, reason);
    return reason === undefined;
  }
}

/** For what is not a scrape: a visit may take this long, in milliseconds. */
const REPORTING = {
  names: undefined,
  visitMs: () => 1000,
  claims: new Claims(new Families(), "region"),
};

/** The sum of a group as a source. Its families are those of the registry, so none of their names is taken. */
function summed(source: MetricSource, rules: ForeignRules): ForeignVisit {
  const claims = new Claims(new Families(), rules.claims.format);
  return new ForeignVisit(
    new ForeignSource(source),
    { names: [], values: [] },
    { ...rules, claims },
    true,
  );
}

/**
 * How long a visit that begins now may take: until the deadline, but at least a moment, because no source
 * must go missing for the slowness of another one.
 */
function visitTime(deadlineMs: number): () => number {
  const deadline = performance.now() + deadlineMs;
  return () => Math.max(deadline - performance.now(), deadlineMs / 10, SHORTEST_VISIT_MS);
}
