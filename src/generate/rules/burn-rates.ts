import type { Objective } from "../../model/objective.ts";
import { eventsSelector, quoted, sumBy } from "../../model/promql.ts";
import type { AlertingRule, RecordingRule, RuleGroup } from "./yaml.ts";

/** Two windows in which the budget of errors is spent too fast. */
interface BurnWindow {
  readonly long: string;
  readonly longHours: number;
  /** It ends the alert soon after the errors end. */
  readonly short: string;
  /** The share of the budget that may be spent in the long window. */
  readonly budget: number;
}

/** Those of the SRE workbook of Google, chapter 5. */
const PAGE: readonly BurnWindow[] = [
  { long: "1h", longHours: 1, short: "5m", budget: 0.02 },
  { long: "6h", longHours: 6, short: "30m", budget: 0.05 },
];
const TICKET: readonly BurnWindow[] = [
  { long: "1d", longHours: 24, short: "2h", budget: 0.1 },
  { long: "3d", longHours: 72, short: "6h", budget: 0.1 },
];

/** Besides 5m, which the others are made of. */
const WINDOWS = ["30m", "1h", "2h", "6h", "1d", "3d"];

/** The names of the recorded series, which panels show. */
export const RECORDED = {
  events: "slo:events:rate5m",
  badEvents: "slo:bad_events:rate5m",
  errorRatio: (window: string) => `slo:error_ratio:rate${window}`,
  objective: "slo:objective:ratio",
  budget: "slo:error_budget_remaining:ratio",
} as const;

/** The rules of an objective: what it records, and the alerts when its budget is spent too fast. */
export function burnRateGroup(objective: Objective, more: readonly string[]): RuleGroup {
  return {
    name: `slo-${objective.name}`,
    rules: [
      ...recordings(objective, more),
      ...alert(objective, "page", PAGE),
      ...alert(objective, "ticket", TICKET),
    ],
  };
}

/** The share of a window's events that may be bad, before its alert fires. */
function threshold({ objective, periodDays }: Objective, { budget, longHours }: BurnWindow) {
  // A burn rate below 1 leaves some of the budget at the end of the period.
  const burnRate = Math.max(1, (budget * periodDays * 24) / longHours);
  return Number((burnRate * (1 - objective)).toPrecision(10));
}

function recordings(objective: Objective, more: readonly string[]): RecordingRule[] {
  const { name, periodDays } = objective;
  const labels = { slo: name };
  const series = (record: string) => `${record}{slo=${quoted(name)}}`;
  const [events, bad] = [series(RECORDED.events), series(RECORDED.badEvents)];
  const total = sumBy([], `rate(${eventsSelector(objective.total, more)}[5m])`);
  const good = sumBy([], `rate(${eventsSelector(objective.good, more)}[5m])`);
  const period = `${periodDays}d`;
  const allowed = Number((1 - objective.objective).toPrecision(10));
  const rules: Omit<RecordingRule, "labels">[] = [
    { record: RECORDED.events, expr: total },
    // There are no good events before the first of them.
    {
      record: RECORDED.badEvents,
      expr: `clamp_min(\n  ${total}\n  - (${good} or vector(0)),\n  0\n)`,
    },
    { record: RECORDED.errorRatio("5m"), expr: `${bad} / (${events} > 0)` },
    ...[...WINDOWS, period].map((window) => ({
      record: RECORDED.errorRatio(window === period ? "_period" : window),
      expr: `avg_over_time(${bad}[${window}])\n/ (avg_over_time(${events}[${window}]) > 0)`,
    })),
    { record: RECORDED.objective, expr: `vector(${objective.objective})` },
    {
      record: RECORDED.budget,
      expr: `1 - ${series(RECORDED.errorRatio("_period"))} / ${allowed}`,
    },
  ];
  return rules.map((rule) => ({ ...rule, labels }));
}

function alert(
  objective: Objective,
  severity: "page" | "ticket",
  windows: readonly BurnWindow[],
): AlertingRule[] {
  const { name } = objective;
  // In annotations, braces begin a template; a wrong one would make Prometheus refuse the whole file.
  const description = objective.description.replaceAll("{{", '{{ "{{" }}');
  const periodHours = objective.periodDays * 24;
  // No ratio is above 1, and no window longer than the period tells of it.
  const possible = windows.filter(
    (window) => threshold(objective, window) < 1 && window.longHours <= periodHours,
  );
  if (possible.length === 0) return [];
  const expr = possible
    .map((window) => {
      const above = (length: string) =>
        `${RECORDED.errorRatio(length)}{slo=${quoted(name)}} > ${threshold(objective, window)}`;
      return `(\n  ${above(window.long)}\n  and\n  ${above(window.short)}\n)`;
    })
    .join("\nor\n");
  const target = `${Number((objective.objective * 100).toPrecision(10))} %`;
  return [
    {
      alert: `${camelCase(name)}ErrorBudgetBurn`,
      expr,
      labels: { severity, slo: name },
      annotations: {
        summary: `${name} spends its budget of errors too fast.`,
        description: `{{ $value | humanizePercentage }} of the events are bad, of which the objective is that ${target} are good over ${objective.periodDays} days.${description === "" ? "" : ` ${description}`}`,
      },
    },
  ];
}

/** `ArticleAvailability` for `article-availability`. */
export function camelCase(name: string): string {
  return name.replace(/(?:^|[-_]+)([a-zA-Z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}
