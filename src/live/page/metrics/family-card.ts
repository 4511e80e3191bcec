import { showNumber } from "../../values.ts";
import { type Drawing, drawingOf, hasLines } from "../charts/lines.ts";
import type { Exemplar, Family } from "../data.ts";
import { button, copy, el, setText } from "../dom.ts";
import { queriesOf } from "../format.ts";
import type { Store } from "../histories.ts";

const PLOT_HEIGHT = 116;

export interface FamilyActions {
  readonly openFamily: (family: Family) => void;
  readonly openExemplar: (exemplar: Exemplar) => void;
}

/** One family: what it is, and how it went. */
export class FamilyCard {
  readonly element: HTMLElement;
  readonly type: string;
  readonly #plot = el("div", { class: "plot" });
  readonly #caption = el("p", { class: "caption" });
  readonly #series = el("span", { class: "series" });
  readonly #actions: FamilyActions;
  #family: Family;
  #drawing: Drawing | undefined;
  #store: Store | undefined;

  constructor(family: Family, actions: FamilyActions) {
    this.#family = family;
    this.#actions = actions;
    this.type = family.type;
    const open = button(family.exposed, () => actions.openFamily(this.#family), {
      class: "name",
      title: family.exposed,
    });
    const query = button("PromQL", () => this.#copyQuery(), {
      class: "quiet",
      attributes: { "aria-label": `Copy the PromQL of ${family.exposed}` },
    });
    this.element = el(
      "div",
      { class: "card family", attributes: { role: "listitem" } },
      el("header", {}, el("h2", {}, open), query),
      el("p", { class: "help", text: family.help, title: family.help }),
      this.#plot,
      this.#caption,
      el(
        "footer",
        {},
        el("span", { class: `type ${family.type}`, text: family.type }),
        family.unit ? el("span", { text: family.unit }) : undefined,
        this.#series,
      ),
    );
    this.#plot.style.height = `${PLOT_HEIGHT}px`;
    this.setFamily(family);
  }

  setFamily(family: Family): void {
    this.#family = family;
    setText(this.#series, `${showNumber(family.series)} series`);
  }

  draw(): void {
    if (this.type === "info") {
      setText(this.#caption, "Facts: press the name to read them.");
      return;
    }
    this.#drawing = drawingOf(this.#family, this.#plot, this.#caption, {
      height: PLOT_HEIGHT,
      open: this.#actions.openExemplar,
    });
  }

  update(store: Store): void {
    this.#store = store;
    this.#drawing?.update(store);
  }

  destroy(): void {
    this.#drawing?.destroy();
    this.element.remove();
  }

  #copyQuery(): void {
    const store = this.#store;
    const isEach = store !== undefined && hasLines(store, this.#family.series);
    const queries = queriesOf(this.#family, (store?.bounds.length ?? 0) > 0, isEach);
    void copy(queries[0]![1], "PromQL");
  }
}
