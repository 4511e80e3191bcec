import { show, unitOf } from "../../values.ts";
import { type Drawing, drawingOf, hasLines } from "../charts/lines.ts";
import type { Exemplar, Family } from "../data.ts";
import { button, copy, el } from "../dom.ts";
import { queriesOf } from "../format.ts";
import type { Store } from "../histories.ts";
import { SeriesTable } from "./series-table.ts";

const MAX_LINES = 12;

/** One family in a window of its own: a large chart, its queries, and all of its series. */
export class Detail {
  readonly element = el("dialog", {
    class: "detail",
    attributes: { "aria-labelledby": "detail-title" },
  });
  readonly #openExemplar: (exemplar: Exemplar) => void;
  #family: Family | undefined;
  #drawing: Drawing | undefined;
  #store: Store | undefined;
  #queries = el("ul", { class: "queries" });
  #queriesKey = "";
  #exemplars = el("ul", { class: "exemplars" });
  #exemplarsKey = "";
  #series: SeriesTable | undefined;

  constructor(openExemplar: (exemplar: Exemplar) => void) {
    this.#openExemplar = openExemplar;
    this.element.addEventListener("close", () => this.#clear());
    // A press beside the window closes it.
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  get shown(): string | undefined {
    return this.#family?.name;
  }

  open(family: Family): void {
    this.#clear();
    this.#family = family;
    const plot = el("div", {
      class: "plot",
      attributes: { role: "img", "aria-label": `Chart of ${family.exposed}` },
    });
    const caption = el("p", { class: "caption" });
    this.#series = new SeriesTable(family);
    const isDrawn = family.type !== "info";
    this.element.replaceChildren(
      el(
        "header",
        {},
        el("h2", { id: "detail-title", text: family.exposed }),
        el("span", { class: `type ${family.type}`, text: family.type }),
        button("Close", () => this.element.close(), { class: "quiet" }),
      ),
      el("p", { class: "help", text: family.help }),
      ...(isDrawn ? [plot, caption] : []),
      el("h3", { text: "PromQL" }),
      this.#queries,
      this.#exemplars,
      this.#series.element,
    );
    this.element.showModal();
    if (isDrawn) {
      this.#drawing = drawingOf(family, plot, caption, {
        height: 260,
        maxLines: MAX_LINES,
        open: this.#openExemplar,
      });
    }
    this.#writeQueries();
    this.#series.refresh();
  }

  update(stores: ReadonlyMap<string, Store>): void {
    if (this.#family === undefined) return;
    const store = stores.get(this.#family.name);
    this.#series?.refresh();
    if (store === undefined) return;
    this.#store = store;
    this.#drawing?.update(store);
    this.#writeQueries();
    this.#writeExemplars(store);
  }

  #writeQueries(): void {
    const family = this.#family!;
    const store = this.#store;
    const isEach = store !== undefined && hasLines(store, family.series, MAX_LINES);
    const queries = queriesOf(family, (store?.bounds.length ?? 0) > 0, isEach);
    const key = JSON.stringify(queries);
    if (key === this.#queriesKey) return;
    this.#queriesKey = key;
    this.#queries.replaceChildren(
      ...queries.map(([what, query]) =>
        el(
          "li",
          {},
          el("span", { text: what }),
          el("code", { text: query }),
          button("Copy", () => void copy(query, "PromQL"), {
            class: "quiet",
            attributes: { "aria-label": `Copy the PromQL of ${what}` },
          }),
        ),
      ),
    );
  }

  #writeExemplars({ exemplars }: Store): void {
    const newest = exemplars.toSorted((a, b) => b.time - a.time).slice(0, 8);
    const key = JSON.stringify(newest);
    if (key === this.#exemplarsKey) return;
    this.#exemplarsKey = key;
    const unit = unitOf(this.#family!);
    this.#exemplars.replaceChildren(
      ...newest.map((exemplar) =>
        el(
          "li",
          {},
          button(`◇ ${show(exemplar.value, unit)}`, () => this.#openExemplar(exemplar), {
            class: "quiet",
            title: `Exemplar of ${new Date(exemplar.time).toLocaleTimeString()}`,
          }),
        ),
      ),
    );
  }

  #clear(): void {
    this.#drawing?.destroy();
    this.#drawing = undefined;
    this.#family = undefined;
    this.#store = undefined;
    this.#queriesKey = "";
    this.#exemplarsKey = "";
    this.#exemplars.replaceChildren();
    this.#series?.stop();
    this.#series = undefined;
    this.element.replaceChildren();
  }
}
