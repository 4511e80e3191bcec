import { show, showNumber, unitOf } from "../values.ts";
import { ask, type Exemplar, type Family, type SeriesAnswer, type Store } from "./data.ts";
import { button, copy, el, setText } from "./dom.ts";
import { queriesOf, showAgo } from "./format.ts";
import { type Drawing, drawingOf, hasLines } from "./lines.ts";

const ROW_HEIGHT = 34;
const LIST_HEIGHT = 340;
const MAX_LINES = 12;
const PART = 60;

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

/** All series of a family. The service sends the part that is in view. */
class SeriesTable {
  readonly element: HTMLElement;
  readonly #family: Family;
  readonly #filter: HTMLInputElement;
  readonly #summary = el("p", { class: "found", attributes: { role: "status" } });
  readonly #labels = el("p", { class: "labels" });
  readonly #viewport: HTMLElement;
  readonly #body = el("div", { attributes: { role: "rowgroup" } });
  #isStopped = false;
  #asked = 0;
  #askedAt = 0;

  constructor(family: Family) {
    this.#family = family;
    const now = () => void this.#load();
    this.#filter = el("input", {
      attributes: {
        type: "search",
        placeholder: "Filter by label",
        "aria-label": "Filter series by label",
      },
      on: { input: now },
    });
    this.#viewport = el(
      "div",
      {
        class: "rows",
        attributes: { role: "table", tabindex: "0", "aria-label": `Series of ${family.exposed}` },
        on: { scroll: now },
      },
      this.#body,
    );
    this.#viewport.style.maxHeight = `${LIST_HEIGHT}px`;
    this.element = el(
      "section",
      {},
      el("h3", { text: "Series" }),
      el("div", { class: "bar plain" }, this.#filter, this.#summary),
      this.#labels,
      this.#viewport,
    );
  }

  refresh(): void {
    if (performance.now() - this.#askedAt > 2500) void this.#load();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #load(): Promise<void> {
    this.#askedAt = performance.now();
    this.#asked += 1;
    const turn = this.#asked;
    const first = Math.max(0, Math.floor(this.#viewport.scrollTop / ROW_HEIGHT) - 20);
    try {
      const answer = await ask<SeriesAnswer>("series", [
        ["name", this.#family.name],
        ["filter", this.#filter.value],
        ["offset", String(first)],
        ["limit", String(PART)],
      ]);
      if (turn === this.#asked && !this.#isStopped) this.#write(answer);
    } catch {
      // The page tells already that the service does not answer.
    }
  }

  #write({ all, found, offset, labels, series }: SeriesAnswer): void {
    const { type } = this.#family;
    const unit = unitOf({ ...this.#family, type: type === "counter" ? "gauge" : type });
    setText(
      this.#summary,
      found === all
        ? `${showNumber(all)} series`
        : `${showNumber(found)} of ${showNumber(all)} series`,
    );
    setText(
      this.#labels,
      labels
        .map(
          ([name, values]) => `${name}: ${showNumber(values)} ${values === 1 ? "value" : "values"}`,
        )
        .join("  ·  "),
    );
    this.#body.style.height = `${found * ROW_HEIGHT}px`;
    this.#viewport.setAttribute("aria-rowcount", String(found));
    this.#body.replaceChildren(
      ...series.map((one, i) => {
        const text = one.labels.map(([name, value]) => `${name}="${value}"`).join("  ");
        const cells =
          type === "info"
            ? []
            : one.states !== undefined
              ? [one.states.join(", ") || "none"]
              : one.mean !== undefined
                ? [`${showNumber(one.value ?? 0)} ×`, `mean ${show(one.mean, unit)}`]
                : [show(one.value, unit)];
        const row = el(
          "div",
          { class: "row", attributes: { role: "row", "aria-rowindex": String(offset + i + 1) } },
          el("span", {
            class: "labels",
            text: text || "no labels",
            title: text,
            attributes: { role: "cell" },
          }),
          ...cells.map((cell) =>
            el("span", { class: "number", text: cell, attributes: { role: "cell" } }),
          ),
        );
        row.style.transform = `translateY(${(offset + i) * ROW_HEIGHT}px)`;
        return row;
      }),
    );
  }
}

/** The trace of an exemplar or a request: a link to it, or its id to be copied. */
export function traceOf(id: string, traceUrl: string | undefined): HTMLElement {
  const address = traceUrl?.replace("{trace_id}", encodeURIComponent(id));
  // The service has checked the option, and the page does not rely on it.
  if (address !== undefined && /^https?:\/\//.test(address)) {
    return el("a", {
      class: "trace",
      text: id,
      attributes: { href: address, target: "_blank", rel: "noreferrer noopener" },
    });
  }
  return button(id, () => void copy(id, "Trace id"), {
    class: "trace",
    attributes: { "aria-label": `Copy the trace id ${id}` },
  });
}

/** What an exemplar says, in a small window. */
export class ExemplarBox {
  readonly element = el("dialog", { class: "exemplar", attributes: { "aria-label": "Exemplar" } });

  constructor() {
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  open({ value, time, labels }: Exemplar, traceUrl: string | undefined): void {
    const { trace_id: id, ...others } = labels;
    this.element.replaceChildren(
      el("h2", { text: "Exemplar" }),
      el(
        "dl",
        {},
        el("dt", { text: "value" }),
        el("dd", { text: showNumber(value) }),
        el("dt", { text: "observed" }),
        el("dd", { text: showAgo(time) }),
        ...(id === undefined
          ? []
          : [el("dt", { text: "trace_id" }), el("dd", {}, traceOf(id, traceUrl))]),
        ...Object.entries(others).flatMap(([name, text]) => [
          el("dt", { text: name }),
          el("dd", { text }),
        ]),
      ),
      button("Close", () => this.element.close()),
    );
    this.element.showModal();
  }
}
