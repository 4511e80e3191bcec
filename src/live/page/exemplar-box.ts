import { showNumber } from "../values.ts";
import type { Exemplar } from "./data.ts";
import { button, copy, el } from "./dom.ts";
import { showAgo } from "./format.ts";

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
