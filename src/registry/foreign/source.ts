import type { PageSink, PageSource } from "../../exposition/render.ts";
import type { CollectContext, MetricSource } from "../../model/sample-sink.ts";
import type { Reader } from "../page/run.ts";
import { type ForeignRules, ForeignSink, type Labels, SOURCE } from "./sink.ts";
import { Visit } from "./visit.ts";

/** A source that a user registered. */
export class ForeignSource implements Reader {
  readonly source: MetricSource;

  constructor(source: MetricSource) {
    this.source = source;
  }

  readonly reader: Reader = this;

  readonly read = (context: CollectContext): unknown => this.source.collect?.(context);

  /** Does nothing: the source itself keeps what it has read. */
  apply(): void {}

  visit(sink: ForeignSink): Iterable<void> | void {
    return this.source.visit(sink);
  }
}

/** A source that is not the registry's own metric: one that a user registered, or a metric of a registry. */
interface Visited extends Pick<MetricSource, "visit"> {
  readonly reader: Reader | undefined;
  /** The name of its family, if it has one. */
  readonly name?: string;
}

/** One visit of a source, for one page. */
export class ForeignVisit implements PageSource {
  readonly #source: Visited;
  readonly #constantLabels: Labels;
  readonly #rules: ForeignRules;
  readonly #givesRuns: boolean;
  #sink: ForeignSink | undefined;

  /**
   * @param constantLabels of the registries that have the source, and that it does not have by itself
   * @param givesRuns whether it gives runs of series, and may: those are not checked
   */
  constructor(source: Visited, constantLabels: Labels, rules: ForeignRules, givesRuns = false) {
    this.#source = source;
    this.#constantLabels = constantLabels;
    this.#rules = rules;
    this.#givesRuns = givesRuns;
  }

  get reader(): Reader | undefined {
    return this.#source.reader;
  }

  /** What is missing on the page if the visit fails: the family that the source gave last. */
  get name(): string {
    return this.#sink?.name ?? this.#source.name ?? SOURCE;
  }

  visit(page: PageSink): Iterable<void> {
    const rules = this.#rules;
    const source = this.#source;
    const call = { source: source.reader ?? source, page: rules.making };
    const visit = new Visit(call, rules.visitMs());
    const constantLabels = this.#constantLabels;
    const givesRuns = this.#givesRuns;
    const sink = new ForeignSink(page, { visit, constantLabels, rules, givesRuns });
    this.#sink = sink;
    return visit.steps(() => source.visit(sink));
  }
}
