import { show, showNumber } from "../../values.ts";
import { chartCard } from "../charts/card.ts";
import { Chart } from "../charts/chart.ts";
import type { Objective } from "../data.ts";
import { el, setText } from "../dom.ts";
import type { Store } from "../histories.ts";
import { colours } from "../theme.ts";
import { line, type Stores } from "./tiles.ts";

/** The objectives of the service: what is left of the budget of errors, and how fast it is spent. */
export class Objectives {
  readonly element = el("div", { class: "charts objectives", attributes: { hidden: "" } });
  readonly #cards = new Map<string, ObjectiveCard>();

  update(stores: Stores, objectives: readonly Objective[]): void {
    this.element.hidden = objectives.length === 0;
    for (const objective of objectives) {
      const { name } = objective;
      const card = this.#cards.get(name) ?? new ObjectiveCard(objective);
      if (!this.#cards.has(name)) this.element.append(card.element);
      this.#cards.set(name, card);
      card.update(objective, stores[name]);
    }
  }
}

class ObjectiveCard {
  readonly element: HTMLElement;
  readonly #facts = el("p", { class: "facts" });
  readonly #budget: HTMLMeterElement;
  readonly #chart: Chart;

  constructor({ name, description, query }: Objective) {
    this.#budget = el("meter", {
      class: "budget",
      attributes: { min: "0", max: "1", low: "0.25", optimum: "1" },
    });
    this.#budget.ariaLabel = `Budget of errors left of ${name}`;
    const { element, host, caption } = chartCard(
      name,
      () => query,
      ...(description === "" ? [] : [el("p", { text: description })]),
      this.#facts,
      this.#budget,
    );
    this.element = element;
    this.#chart = new Chart(host, caption, { unit: "none", height: 120 });
  }

  update(objective: Objective, store: Store | undefined): void {
    const { target, good, total, periodDays } = objective;
    const spent = total === 0 ? 0 : (total - good) / (total * (1 - target));
    this.#budget.value = Math.max(0, 1 - spent);
    this.element.classList.toggle("bad", spent > 1);
    const parts = [
      `${show(target, "ratio")} good over ${periodDays} days`,
      total === 0
        ? "no events yet"
        : `${percent(good / total, target)} of ${showNumber(total)} since the start`,
      total > 0 &&
        (spent <= 1
          ? `${show(1 - spent, "ratio")} of their budget left`
          : `their budget is spent ${showNumber(Number(spent.toPrecision(3)))} times`),
    ];
    setText(this.#facts, parts.filter(Boolean).join("  ·  "));
    if (store === undefined) return;
    const values = burnRates(line(store, "good"), line(store, "total"), target);
    const colour = colours().lines[0]!;
    this.#chart.update(store.times, [{ label: "burn rate", values, colour }]);
  }
}

/** How many times too fast the budget is spent: at 1, it lasts just for the period. */
function burnRates(
  good: readonly (number | null)[],
  total: readonly (number | null)[],
  target: number,
): (number | null)[] {
  return total.map((all, i) => {
    const well = good[i] ?? null;
    if (all === null || well === null) return null;
    return all > 0 ? Math.max(0, 1 - well / all) / (1 - target) : 0;
  });
}

/** A share that is not rounded over its target, with a digit more than that has. */
function percent(share: number, target: number): string {
  const places = Math.max(1, Math.ceil(-Math.log10((1 - target) * 1.000001)) - 1);
  return `${(Math.floor(share * 10 ** (places + 2)) / 10 ** places).toFixed(places)} %`;
}
