import { CounterInstrument } from "../instruments/counter.ts";
import type { RegistryContext } from "../instruments/definition.ts";
import { warn } from "../warn.ts";

/** Also the name of the metrics' label: a registry's constant label of this name must give way. */
const LABEL = "family";

/** What a registry counts of itself. It is on the page only once it has happened. */
export class OwnMetrics {
  readonly #overflowUpdates: CounterInstrument;
  readonly #collectErrors: CounterInstrument;
  readonly #overflown = new Set<string>();

  constructor(context: RegistryContext) {
    const own = { ...context, constantLabels: withoutLabel(context.constantLabels) };
    this.#overflowUpdates = new CounterInstrument(
      {
        name: "narthex_overflow_updates",
        help: "Updates of label sets past their family's series limit, counted under _other.",
        labels: [LABEL],
        limit: Number.POSITIVE_INFINITY, // As many as there are families, and no more.
      },
      own,
    );
    this.#collectErrors = new CounterInstrument(
      {
        name: "narthex_collect_errors",
        help: "Families that a scrape went without, as what supplies them threw or was late.",
        labels: [LABEL],
      },
      own,
    );
  }

  get instruments(): readonly CounterInstrument[] {
    return [this.#overflowUpdates, this.#collectErrors];
  }

  countOverflow(family: string): void {
    this.#overflowUpdates.inc({ family });
    if (this.#overflown.has(family)) return;
    this.#overflown.add(family);
    warn(
      `Metric ${family} has reached its limit of series: further label sets are counted under _other. Look for a label of unbounded values, or raise the option limit.`,
    );
  }

  countLost(family: string): void {
    this.#collectErrors.inc({ family });
  }
}

function withoutLabel({ names, values }: RegistryContext["constantLabels"]) {
  const kept = names.map((name) => name !== LABEL);
  return { names: names.filter((_, i) => kept[i]), values: values.filter((_, i) => kept[i]) };
}
