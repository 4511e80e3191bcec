import type { Objective } from "../../model/objective.ts";
import { quoted, selector, sumBy } from "../../model/promql.ts";
import { clientMetrics, type HttpMetrics, serverMetrics } from "../http-metrics.ts";
import { RECORDED } from "../rules/burn-rates.ts";
import { isOfNarthex, isRuntime } from "../sections.ts";
import type { Metric } from "../source.ts";
import {
  CHOSEN,
  type Draft,
  familyPanels,
  graph,
  histogramPanels,
  legendOf,
  number,
} from "./panels.ts";

/** Panels under one heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Draft[];
}

const RATE = "$__rate_interval";

/** Green while few fail, red from one in twenty. */
const ERROR_STEPS = [
  [null, "green"],
  [0.01, "orange"],
  [0.05, "red"],
] as const;

const BUDGET_STEPS = [
  [null, "red"],
  [0, "orange"],
  [0.25, "green"],
] as const;

const FULL_STEPS = [
  [null, "green"],
  [0.7, "orange"],
  [0.9, "red"],
] as const;

/** The headings of own families, in the order of the dashboard. */
const BY_TYPE: readonly (readonly [title: string, types: readonly Metric["type"][]])[] = [
  ["Counters", ["counter"]],
  ["Gauges", ["gauge", "unknown"]],
  ["Histograms and summaries", ["histogram", "gaugehistogram", "summary"]],
  ["States and facts", ["stateset", "info"]],
];

export function sectionsOf(
  metrics: readonly Metric[],
  objectives: readonly Objective[],
): Section[] {
  const [server, client] = [serverMetrics(metrics), clientMetrics(metrics)];
  const runtime = metrics.filter(isRuntime);
  const library = metrics.filter(isOfNarthex);
  const taken = new Set([...runtime, ...library, ...partsOf(server), ...partsOf(client)]);
  for (const metric of metrics) {
    if (metric.name === server?.requests || metric.name === client?.requests) taken.add(metric);
  }
  const own = metrics.filter((metric) => !taken.has(metric));
  const sections = [
    { title: "Objectives", panels: objectives.flatMap(objectivePanels) },
    { title: "HTTP requests", panels: requestPanels(server) },
    { title: "Outgoing HTTP requests", panels: requestPanels(client) },
    { title: "Process and Node.js", panels: runtimePanels(runtime) },
    ...BY_TYPE.map(([title, types]) => ({
      title,
      panels: own
        .filter(({ type }) => types.includes(type))
        .sort(byUnit)
        .flatMap(familyPanels),
    })),
    { title: "Metrics of the metrics", panels: library.flatMap(familyPanels) },
  ];
  return sections.filter(({ panels }) => panels.length > 0);
}

function byUnit(a: Metric, b: Metric): number {
  const [one, other] = [a, b].map(({ unit = "", name }) => `${unit} ${name}`) as [string, string];
  return one < other ? -1 : 1;
}

function partsOf(http: HttpMetrics | undefined): Metric[] {
  return [http?.duration, http?.inFlight, ...(http?.others ?? [])].filter(
    (metric) => metric !== undefined,
  );
}

/** What is left of the budget, and how fast it is spent. */
function objectivePanels({ name, objective, periodDays, description }: Objective): Draft[] {
  const series = (record: string) => `${record}{slo=${quoted(name)}}`;
  const burnRate = (window: string) =>
    `${series(RECORDED.errorRatio(window))} / ${Number((1 - objective).toPrecision(10))}`;
  return [
    number({
      title: `${name}: budget left`,
      description:
        `${description} What is left of the errors that ${periodDays} days may have.`.trim(),
      unit: "percentunit",
      queries: [{ expr: series(RECORDED.budget), legend: "budget" }],
      steps: BUDGET_STEPS,
      width: 6,
    }),
    graph({
      title: `${name}: burn rate`,
      description:
        "1 spends exactly the budget in the period; an alert pages from about 14.4 over 1 h.",
      unit: "short",
      queries: ["5m", "1h", "6h"].map((window) => ({ expr: burnRate(window), legend: window })),
      steps: [
        [null, "green"],
        [1, "orange"],
        [14.4, "red"],
      ],
      min: 0,
      width: 18,
    }),
  ];
}

/** Rate, errors and duration, and what else is known of requests. */
function requestPanels(http: HttpMetrics | undefined): Draft[] {
  if (http === undefined) return [];
  const { requests, where, status, duration, inFlight, others } = http;
  const by = where === undefined ? [] : [where];
  const rate = (labels: readonly string[], matchers: readonly string[] = []) =>
    sumBy(labels, `rate(${selector(requests, [...matchers, ...CHOSEN])}[${RATE}])`);
  const panels = [
    graph({
      title: "Rate",
      description: "Requests per second.",
      unit: "reqps",
      queries: [{ expr: rate(by), legend: legendOf(by) }],
      min: 0,
    }),
  ];
  if (status !== undefined) {
    const failed = `${rate(by, [`${status}=~"5..|error"`])} or ${rate(by)} * 0`;
    panels.push(
      graph({
        title: "Errors",
        description: "The share of requests that failed.",
        unit: "percentunit",
        queries: [{ expr: `(${failed}) / (${rate(by)} > 0)`, legend: legendOf(by) }],
        steps: ERROR_STEPS,
        min: 0,
        max: 1,
      }),
    );
  }
  if (duration !== undefined) panels.push(...histogramPanels(duration, [], "Duration"));
  if (duration !== undefined && where !== undefined) {
    const [byRoute] = histogramPanels({ ...duration, isNative: false }, by, "Duration by route");
    panels.push({ ...byRoute!, title: `Duration by ${where}` });
  }
  return [...panels, ...(inFlight ? familyPanels(inFlight) : []), ...others.flatMap(familyPanels)];
}

/** The few that tell most first, with their limits; then the others. */
function runtimePanels(runtime: readonly Metric[]): Draft[] {
  const named = (name: string) => runtime.find((metric) => metric.name === name);
  const panels: Draft[] = [];
  const shown = new Set<string>();
  const show = (names: readonly string[], panel: (all: readonly Metric[]) => Draft) => {
    const all = names.map(named).filter((metric) => metric !== undefined);
    if (all.length < names.length) return;
    for (const { name } of all) shown.add(name);
    panels.push(panel(all));
  };
  const perInstance = (name: string) => `sum by (instance) (${selector(name, CHOSEN)})`;
  show(["process_cpu_seconds_total"], ([cpu]) =>
    graph({
      title: "CPU",
      description: "How much of one core is used.",
      unit: "percentunit",
      queries: [
        {
          expr: `sum by (instance) (rate(${selector(cpu!.name, CHOSEN)}[${RATE}]))`,
          legend: "{{instance}}",
        },
      ],
      steps: FULL_STEPS,
      min: 0,
    }),
  );
  show(["nodejs_eventloop_utilization"], ([loop]) =>
    graph({
      title: "Event loop utilization",
      description: loop!.help,
      unit: "percentunit",
      queries: [{ expr: perInstance(loop!.name), legend: "{{instance}}" }],
      steps: FULL_STEPS,
      min: 0,
      max: 1,
    }),
  );
  show(["process_open_fds", "process_max_fds"], ([open, max]) =>
    graph({
      title: "Open files",
      description: "Of those that the process may have.",
      unit: "percentunit",
      queries: [
        { expr: `${perInstance(open!.name)} / ${perInstance(max!.name)}`, legend: "{{instance}}" },
      ],
      steps: FULL_STEPS,
      min: 0,
      max: 1,
    }),
  );
  return [...panels, ...runtime.filter(({ name }) => !shown.has(name)).flatMap(familyPanels)];
}
