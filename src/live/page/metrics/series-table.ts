import { show, showNumber, unitOf } from "../../values.ts";
import { ask, type Family, type SeriesAnswer } from "../data.ts";
import { el, setText } from "../dom.ts";

const ROW_HEIGHT = 34;
const LIST_HEIGHT = 340;
/** How many rows are asked for at once. */
const PART = 60;

/** All series of a family. The service sends the part that is in view. */
export class SeriesTable {
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
