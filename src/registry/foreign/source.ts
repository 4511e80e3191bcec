import type { PageSink, PageSource } from "../../exposition/render.ts";
import type { RegistryContext } from "../../instruments/definition.ts";
import type { CollectContext, MetricSource } from "../../model/sample-sink.ts";
import type { Reader } from "../run.ts";
import { type ForeignRules, ForeignSink, SOURCE } from "./sink.ts";
import { Visit } from "./visit.ts";

/** A source that a user registered. */
export class ForeignSource implements Reader {
  readonly source: MetricSource;
  readonly constantLabels: RegistryContext["constantLabels"];

  constructor(source: MetricSource, constantLabels: RegistryContext["constantLabels"]) {
    this.source = source;
    this.constantLabels = constantLabels;
  }

  readonly read = (context: CollectContext): unknown => this.source.collect?.(context);

  /** Does nothing: the source itself keeps what it has read. */
  apply(): void {}
}

/** One visit of a registered source, for one page. */
export class ForeignVisit implements PageSource {
  readonly reader: ForeignSource;
  readonly #rules: ForeignRules;
  #sink: ForeignSink | undefined;

  constructor(source: ForeignSource, rules: ForeignRules) {
    this.reader = source;
    this.#rules = rules;
  }

  /** What is missing on the page if the visit fails: the family that the source gave last. */
  get name(): string {
    return this.#sink?.name ?? SOURCE;
  }

  visit(page: PageSink): Iterable<void> {
    const { making, visitMs } = this.#rules;
    const { source, constantLabels } = this.reader;
    const visit = new Visit({ source: this.reader, page: making }, visitMs());
    const sink = new ForeignSink(page, { visit, constantLabels, rules: this.#rules });
    this.#sink = sink;
    return visit.steps(() => source.visit(sink));
  }
}
