import { namesOnPage } from "../model/family.ts";
import type { Objective, SelectedEvents, ValueMatch } from "../model/objective.ts";
import { eventsSelector, sumBy } from "../model/promql.ts";
import type { HistogramValue, SampleSink, SeriesHead, SummaryValue } from "../model/sample-sink.ts";
import type { RegistryParts } from "../registry/parts.ts";
import type { Registry } from "../registry/registry.ts";
import type { History } from "./history/history.ts";
import { NumbersHistory } from "./history/numbers.ts";

/** An objective and its events in this process. */
interface Tracked {
  readonly objective: Objective;
  readonly good: number;
  readonly total: number;
}

/** How the objectives of a registry are met by this process. */
export class ObjectiveTracks {
  readonly #registry: Registry;
  readonly #families: RegistryParts["families"];
  readonly #histories: Map<string, NumbersHistory>;
  #tracked: readonly Tracked[] = [];

  constructor(registry: Registry, { families }: RegistryParts, { objectives }: History) {
    this.#registry = registry;
    this.#families = families;
    this.#histories = objectives;
  }

  /** Takes the events so far into a sample of the history. */
  sample(): void {
    this.#tracked = this.#registry.objectives().map((objective) => {
      const history = this.#histories.get(objective.name) ?? new NumbersHistory("rate");
      this.#histories.set(objective.name, history);
      const [good, total] = [this.#count(objective.good), this.#count(objective.total)];
      history.readNamed("events", "good", good);
      history.readNamed("events", "total", total);
      return { objective, good, total };
    });
  }

  /** As the page lists them, with what Prometheus is asked for to see the budget of the whole period. */
  list() {
    return this.#tracked.map(({ objective, good, total }) => {
      const { name, objective: target, periodDays, description } = objective;
      return { name, target, periodDays, description, good, total, query: budgetQuery(objective) };
    });
  }

  /** How many of the events there were so far, in this process. */
  #count(events: SelectedEvents): number {
    const instrument = Array.from(this.#families).find(({ family }) =>
      namesOnPage(family).includes(events.family),
    );
    const sink = new EventsSink(events);
    for (const _ of instrument?.visit(sink) ?? []);
    return sink.count;
  }
}

/** Adds up the events of the series that an objective selects. */
class EventsSink implements SampleSink {
  count = 0;
  readonly #match: readonly (readonly [label: string, match: ValueMatch])[];
  readonly #bound: number;

  constructor({ match }: SelectedEvents) {
    const { le = Number.POSITIVE_INFINITY, ...labels } = match;
    this.#bound = Number(le);
    this.#match = Object.entries(labels);
  }

  family(): void {}

  counter(head: SeriesHead, value: number): void {
    if (this.#isSelected(head)) this.count += value;
  }

  unknown(head: SeriesHead, value: number): void {
    this.counter(head, value);
  }

  summary(head: SeriesHead, { count = 0 }: SummaryValue): void {
    this.counter(head, count);
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    if (!this.#isSelected(head)) return;
    if (this.#bound === Number.POSITIVE_INFINITY) this.count += value.count;
    else {
      value.bounds.forEach((bound, i) => {
        if (bound <= this.#bound) this.count += value.bucketCount(i);
      });
    }
  }

  // Nothing of these types is an event.
  gauge(): void {}
  info(): void {}
  stateSet(): void {}

  #isSelected({ labelNames, labelValues }: SeriesHead): boolean {
    return this.#match.every(([label, match]) => {
      const value = labelValues[labelNames.indexOf(label)] ?? "";
      const isNot = typeof match === "object" && "not" in match;
      return [isNot ? match.not : match].flat().map(String).includes(value) !== isNot;
    });
  }
}

/** What is left of the budget of errors, as Prometheus computes it over the whole period. */
function budgetQuery({ objective, periodDays, good, total }: Objective): string {
  const sum = (events: SelectedEvents) =>
    sumBy([], `increase(${eventsSelector(events)}[${periodDays}d])`);
  const allowed = Number((1 - objective).toPrecision(10));
  return `1 - (1 - ${sum(good)} / ${sum(total)}) / ${allowed}`;
}
