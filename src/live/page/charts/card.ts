import { button, copy, el } from "../dom.ts";

/** A card with a chart, and with a button that copies what Prometheus is asked for to draw the same. */
export function chartCard(
  title: string,
  query: (() => string | undefined) | undefined,
  ...above: readonly HTMLElement[]
) {
  const host = el("div", { class: "plot" });
  const caption = el("p", { class: "caption" });
  const press = () => {
    const text = query?.();
    if (text !== undefined) void copy(text, "PromQL");
  };
  const attributes = { "aria-label": `Copy the PromQL of: ${title}` };
  const head = el(
    "header",
    {},
    el("h2", { text: title }),
    query && button("PromQL", press, { class: "quiet", attributes }),
  );
  const element = el("section", { class: "card" }, head, ...above, host, caption);
  return { element, host, caption };
}
