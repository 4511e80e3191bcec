import { show } from "../values.ts";
import { shownTime } from "./charts/chart.ts";
import { setConstantLabels } from "./charts/lines.ts";
import { ask, type Cardinality, type Exemplar, type Index, type ListedRequest } from "./data.ts";
import { button, el, setText } from "./dom.ts";
import { ExemplarBox } from "./exemplar-box.ts";
import { Histories } from "./histories.ts";
import { Detail } from "./metrics/detail.ts";
import { Families } from "./metrics/families.ts";
import { Overview } from "./overview/overview.ts";
import { cardinalityTables, requestTables } from "./tables.ts";
import { startTheme, switchTheme } from "./theme.ts";

const POLL_MS = 1000;
/** How often lists are asked for, in polls. */
const LISTS_EACH = 3;

const VIEWS = ["overview", "metrics", "requests", "cardinality"] as const;
type View = (typeof VIEWS)[number];
const TITLES: Readonly<Record<View, string>> = {
  overview: "Overview",
  metrics: "Metrics",
  requests: "Requests",
  cardinality: "Cardinality",
};

startTheme();

const histories = new Histories();
let index: Index | undefined;
let view: View = viewOfHash();
let rangeSeconds = 300;
let isPaused = false;
let polls = 0;

const exemplarBox = new ExemplarBox();
const openExemplar = (exemplar: Exemplar) => exemplarBox.open(exemplar, index?.traceUrl);
const detail = new Detail(openExemplar);
const overview = new Overview(openExemplar);
const families = new Families({ openFamily: (family) => detail.open(family), openExemplar });
const requests = el("div", { class: "tables" });
const cardinality = el("div", { class: "tables" });
const panels: Readonly<Record<View, HTMLElement>> = {
  overview: overview.element,
  metrics: families.element,
  requests,
  cardinality,
};

const service = el("h1", { text: "Metrics" });
const facts = el("p", { class: "facts" });
const state = el("span", { class: "state", text: "connecting", attributes: { role: "status" } });
const range = el(
  "select",
  {
    attributes: { "aria-label": "Time shown" },
    on: { change: () => setRange(Number(range.value)) },
  },
  ...[60, 120, 300, 600].map((seconds) =>
    el("option", { text: `${seconds / 60} min`, attributes: { value: String(seconds) } }),
  ),
);
range.value = String(rangeSeconds);
const pause = button("Pause", () => setPaused(!isPaused), {
  attributes: { "aria-pressed": "false" },
});
const tabs = VIEWS.map((name) => el("a", { text: TITLES[name], attributes: { href: `#${name}` } }));

document.body.append(
  el("a", {
    class: "skip",
    text: "Skip to the charts",
    attributes: { href: "#main" },
    on: { click: skip },
  }),
  el(
    "header",
    { class: "top" },
    el("div", { class: "who" }, service, facts),
    el(
      "div",
      { class: "tools" },
      state,
      range,
      pause,
      button("Theme", switchTheme, {
        attributes: { "aria-label": "Theme: switch between light and dark" },
      }),
      el("a", {
        class: "button",
        text: "Text",
        title: "The metrics as scrapers read them",
        attributes: { href: "?live=off" },
      }),
    ),
    el("nav", { attributes: { "aria-label": "Views" } }, ...tabs),
  ),
  el("main", { id: "main", attributes: { tabindex: "-1" } }, ...VIEWS.map((name) => panels[name])),
  detail.element,
  exemplarBox.element,
  el("div", { id: "toast", attributes: { role: "status", "aria-live": "polite" } }),
);

function skip(event: Event): void {
  // The part behind # chooses the view.
  event.preventDefault();
  document.getElementById("main")!.focus();
}

function viewOfHash(): View {
  const name = location.hash.slice(1) as View;
  return VIEWS.includes(name) ? name : "overview";
}

function showView(): void {
  view = viewOfHash();
  VIEWS.forEach((name, i) => {
    panels[name].hidden = name !== view;
    if (name === view) tabs[i]!.setAttribute("aria-current", "page");
    else tabs[i]!.removeAttribute("aria-current");
  });
  document.title = `${TITLES[view]} · ${service.textContent}`;
  scrollTo(0, 0);
  draw();
  void loadLists();
}

function setRange(seconds: number): void {
  rangeSeconds = seconds;
  draw();
}

function setPaused(paused: boolean): void {
  isPaused = paused;
  setText(pause, paused ? "Go on" : "Pause");
  pause.setAttribute("aria-pressed", String(paused));
  setState(paused ? "paused" : "live");
}

function setState(text: string): void {
  setText(state, text);
  state.dataset.state = text;
}

/** Draws what is seen of what is known. */
function draw(): void {
  shownTime.to = (histories.newest || Date.now()) / 1000;
  // A process that has just started has no more than this to show.
  const first = (histories.overview.process?.times[0] ?? 0) / 1000;
  shownTime.from = Math.min(Math.max(shownTime.to - rangeSeconds, first), shownTime.to - 60);
  if (view === "overview") overview.update(histories.overview, histories.objectives, index);
  if (view === "metrics") families.update(histories.families);
  detail.update(histories.families);
}

async function loadIndex(): Promise<void> {
  index = await ask<Index>("index");
  histories.belongTo(index.id);
  setConstantLabels(index.labels);
  families.list(index);
  const { labels, pid, runtime, uptime } = index;
  const name = labels.find(([label]) => label === "service")?.[1] ?? "Metrics";
  if (service.textContent !== name) {
    setText(service, name);
    document.title = `${TITLES[view]} · ${name}`;
  }
  const parts = [
    ...labels.filter(([label]) => label !== "service").map(([label, value]) => `${label} ${value}`),
    pid && `process ${pid}`,
    runtime && `Node.js ${runtime}`,
    uptime && `up ${show(uptime, "seconds")}`,
  ];
  setText(facts, parts.filter(Boolean).join("  ·  "));
}

function seenFamilies(): Set<string> {
  const seen = new Set(view === "metrics" ? families.shown : []);
  if (detail.shown !== undefined) seen.add(detail.shown);
  return seen;
}

async function loadLists(): Promise<void> {
  if (view === "requests") {
    const lists = await ask<{ failed: ListedRequest[]; slow: ListedRequest[] }>("requests");
    replace(requests, requestTables(lists, index?.traceUrl));
  } else if (view === "cardinality") {
    replace(cardinality, cardinalityTables(await ask<Cardinality>("cardinality")));
  }
}

/** Replaces the tables, unless somebody has the keyboard in them. */
function replace(panel: HTMLElement, tables: readonly HTMLElement[]): void {
  if (panel.contains(document.activeElement) && panel.childElementCount > 0) return;
  panel.replaceChildren(...tables);
}

async function poll(): Promise<void> {
  if (isPaused || document.hidden) return;
  try {
    if (polls % LISTS_EACH === 0) {
      await loadIndex();
      await loadLists();
    }
    await histories.load(seenFamilies(), index?.historySeconds ?? 600);
    polls += 1;
    setState("live");
    draw();
  } catch {
    // The next poll may have more luck; the index comes first, as another process may answer it.
    polls = 0;
    setState("no answer");
  }
}

async function keepPolling(): Promise<void> {
  for (;;) {
    const begun = performance.now();
    await poll();
    const rest = Math.max(100, POLL_MS - (performance.now() - begun));
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
}

addEventListener("hashchange", showView);
addEventListener("keydown", (event) => {
  const isTyping =
    event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  location.hash = "metrics";
  showView();
  families.focusSearch();
});
showView();
void keepPolling();
