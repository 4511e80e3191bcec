import type { PageSink } from "../../exposition/render.ts";
import { exposedNames, type Family } from "../../model/family.ts";
import type {
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../../model/sample-sink.ts";
import { type History, type ListedFamily, READ } from "./history.ts";

/** Takes what a registry has at this moment into a history. */
export class HistorySink implements PageSink {
  readonly length = 0;
  /** The families that were read. */
  readonly read = new Set<string>();
  readonly #history: History;
  readonly #exemplarsAt: number | undefined;
  #listed: ListedFamily | undefined;

  /** @param exemplarsAt the time, where exemplars are read, too */
  constructor(history: History, exemplarsAt: number | undefined) {
    this.#history = history;
    this.#exemplarsAt = exemplarsAt;
  }

  family(family: Family): void {
    this.#listed = this.#history.listed(family);
    this.read.add(family.name);
  }

  counter(head: SeriesHead, value: number): void {
    READ.number(this.#next(), head, value);
  }

  gauge(head: SeriesHead, value: number): void {
    READ.number(this.#next(), head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    READ.number(this.#next(), head, value);
  }

  histogram(_head: SeriesHead, value: HistogramValue): void {
    READ.histogram(this.#next(), value, this.#exemplarsAt);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    READ.summary(this.#next(), head, value);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    READ.stateSet(this.#next(), head, value);
  }

  info(): void {
    this.#next();
  }

  /** What was read of a source that throws stays: the next sample sets it again. */
  truncate(): void {}

  names(family: Family): string[] {
    return exposedNames(family);
  }

  labelName(name: string): string {
    return name;
  }

  finish(): Uint8Array {
    return new Uint8Array();
  }

  /** The family of a series that is being read. */
  #next(): ListedFamily {
    const listed = this.#listed!;
    listed.series += 1;
    return listed;
  }
}
