import { show, showNumber } from "../values.ts";
import type { Cardinality, ListedRequest } from "./data.ts";
import { el } from "./dom.ts";
import { traceOf } from "./exemplar-box.ts";
import { showAgo } from "./format.ts";

type Cell = string | Node;

function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  none: string,
): HTMLElement {
  const body =
    rows.length === 0
      ? [
          el(
            "tr",
            {},
            el("td", { class: "none", text: none, attributes: { colspan: String(heads.length) } }),
          ),
        ]
      : rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, cell))));
  // It can be scrolled sideways by the keyboard, too.
  return el(
    "div",
    { class: "scroll", attributes: { tabindex: "0", role: "region", "aria-label": caption } },
    el(
      "table",
      {},
      el("caption", { text: caption }),
      el(
        "thead",
        {},
        el("tr", {}, ...heads.map((text) => el("th", { text, attributes: { scope: "col" } }))),
      ),
      el("tbody", {}, ...body),
    ),
  );
}

/** Which requests were slow, and which failed. */
export function requestTables(
  {
    failed,
    slow,
  }: { readonly failed: readonly ListedRequest[]; readonly slow: readonly ListedRequest[] },
  traceUrl: string | undefined,
): HTMLElement[] {
  const heads = ["Took", "Status", "Method", "Route", "When", "Trace"];
  const rows = (requests: readonly ListedRequest[]) =>
    requests.map((request): Cell[] => {
      const { time, method, route, status, outcome, seconds, traceId } = request;
      const isBad =
        status >= 500 ||
        status === 0 ||
        outcome.startsWith("aborted") ||
        outcome === "failed_response";
      const shown = ["ok", "client_error", "server_error"].includes(outcome)
        ? String(status)
        : `${status || ""} ${outcome}`.trim();
      return [
        show(seconds, "seconds"),
        el("span", {
          class: isBad ? "status bad" : status >= 400 ? "status warn" : "status",
          text: shown,
        }),
        method,
        el("code", { text: route === "" ? "no route" : route }),
        showAgo(time),
        traceId === undefined ? "–" : traceOf(traceId, traceUrl),
      ];
    });
  return [
    table("Slowest requests", heads, rows(slow), "There were no requests yet."),
    table("Failed requests", heads, rows(failed), "None has failed."),
  ];
}

/** What has how many series, and what went wrong. */
export function cardinalityTables({
  series,
  families,
  overflows,
  lost,
  invalid,
  errors,
}: Cardinality): HTMLElement[] {
  const counts = new Map<string, { overflows: number; lost: number; invalid: number }>();
  for (const [kind, list] of Object.entries({ overflows, lost, invalid })) {
    for (const { family, value } of list) {
      const count = counts.get(family) ?? { overflows: 0, lost: 0, invalid: 0 };
      counts.set(family, { ...count, [kind]: value });
    }
  }
  const most = families[0]?.series ?? 1;
  return [
    table(
      `Series by metric: ${showNumber(series)} in all`,
      ["Metric", "Series", "Of its limit", "Labels, by values"],
      families.map((family): Cell[] => [
        el("code", { text: family.name }),
        bar(family.series / most, showNumber(family.series)),
        family.limit ? show(family.series / family.limit, "ratio") : "–",
        family.labels.map(([name, values]) => `${name} ${showNumber(values)}`).join(", ") || "none",
      ]),
      "There are no metrics yet.",
    ),
    table(
      "Troubles by metric",
      ["Metric", "Updates past its limit", "Missing on pages", "Wrong updates"],
      Array.from(counts, ([family, count]): Cell[] => [
        el("code", { text: family }),
        showNumber(count.overflows),
        showNumber(count.lost),
        showNumber(count.invalid),
      ]),
      "None.",
    ),
    table(
      "Errors of callbacks and scrapes",
      ["When", "Metric", "Times", "Message"],
      errors.map(({ family, message, times, last }): Cell[] => [
        showAgo(last),
        el("code", { text: family ?? "–" }),
        showNumber(times),
        message,
      ]),
      "None since the page is on.",
    ),
  ];
}

function bar(share: number, text: string): HTMLElement {
  const fill = el("span", { class: "fill", attributes: { "aria-hidden": "true" } });
  fill.style.width = `${Math.max(share * 100, 1)}%`;
  return el("span", { class: "measure" }, fill, el("span", { text }));
}
