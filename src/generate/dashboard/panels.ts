import { label, selector, sumBy } from "../../model/promql.ts";
import { quantileQuery } from "../rules/recordings.ts";
import type { Metric } from "../source.ts";
import type { FieldConfig, Panel, Target } from "./grafana.ts";
import { rateUnit, valueUnit } from "./units.ts";

/** The data source that is chosen at the top of the dashboard. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is a variable of Grafana.
export const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" };

/** Selects the series of the jobs and instances that are chosen at the top of the dashboard. */
export const CHOSEN = ['job=~"$job"', 'instance=~"$instance"'];

const RATE = "$__rate_interval";

/** A panel before its place is known. */
export type Draft = Omit<Panel, "id" | "gridPos"> & { readonly width: number };

/** A query with the text of its lines, where `{{route}}` stands for a label. */
interface Query {
  readonly expr: string;
  readonly legend: string;
  readonly hasExemplars?: boolean;
}

type Step = readonly [from: number | null, color: string];

interface PanelOptions {
  readonly title: string;
  readonly description?: string;
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly steps?: readonly Step[];
  readonly min?: number;
  readonly max?: number;
  readonly width?: number;
}

export function graph(options: PanelOptions): Draft {
  const hasSteps = options.steps !== undefined;
  return {
    ...draft("timeseries", options),
    fieldConfig: {
      defaults: {
        ...field(options),
        custom: {
          fillOpacity: 10,
          lineWidth: 1,
          showPoints: "never",
          thresholdsStyle: { mode: hasSteps ? "dashed" : "off" },
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
      tooltip: { mode: "multi", sort: "desc" },
    },
  };
}

export function number(options: PanelOptions): Draft {
  return {
    ...draft("stat", { width: 6, ...options }),
    fieldConfig: {
      defaults: { ...field(options), color: { mode: "thresholds" } },
      overrides: [],
    },
    options: {
      reduceOptions: { values: false, calcs: ["lastNotNull"], fields: "" },
      colorMode: "value",
      graphMode: "area",
      justifyMode: "auto",
      orientation: "auto",
      textMode: "auto",
    },
  };
}

/** How the observations of a histogram with native buckets are distributed. */
function heatmap({ name, help, unit }: Metric): Draft {
  const expr = sumBy([], `rate(${selector(name, CHOSEN)}[${RATE}])`);
  const options = {
    title: `${titleOf(name)}, distribution`,
    description: help,
    unit: valueUnit(unit),
    queries: [{ expr, legend: "" }],
  };
  return {
    ...draft("heatmap", options, "heatmap"),
    fieldConfig: { defaults: field(options), overrides: [] },
    options: {
      calculate: false,
      cellGap: 1,
      color: { mode: "scheme", scheme: "Oranges", exponent: 0.5, steps: 64, fill: "dark-orange" },
      exemplars: { color: "rgba(255,0,255,0.7)" },
      legend: { show: true },
      tooltip: { mode: "single", yHistogram: true },
      yAxis: { axisPlacement: "left", unit: valueUnit(unit) },
      filterValues: { le: 1e-9 },
      rowsFrame: { layout: "auto" },
      showValue: "never",
    },
  };
}

/** The panels of a family, by its type and unit. */
export function familyPanels(metric: Metric): Draft[] {
  const { name, type, help, unit, fewValued } = metric;
  const common = { title: titleOf(name), description: help };
  const legend = legendOf(fewValued);
  switch (type) {
    case "counter": {
      const expr = sumBy(fewValued, `rate(${selector(name, CHOSEN)}[${RATE}])`);
      const queries = [{ expr, legend, hasExemplars: true }];
      return [graph({ ...common, unit: rateUnit(unit), queries, min: 0 })];
    }
    case "histogram":
      return histogramPanels(metric, [], common.title);
    case "summary": {
      const expr = `max by (${["quantile", ...fewValued].map(label).join(", ")}) (${selector(name, CHOSEN)})`;
      const queries = [{ expr, legend: legendOf(["quantile", ...fewValued]) }];
      return [graph({ ...common, unit: valueUnit(unit), queries })];
    }
    case "gaugehistogram": {
      const expr = sumBy(fewValued, selector(`${name}_gcount`, CHOSEN));
      return [graph({ ...common, unit: "short", queries: [{ expr, legend }] })];
    }
    case "info":
      return [facts(metric)];
    case "stateset":
      return [states(metric)];
    case "gauge":
    case "unknown":
      return [gaugePanel(metric, legend)];
  }
}

/** Quantiles of a histogram as a graph, and a heatmap if it has native buckets. */
export function histogramPanels(metric: Metric, by: readonly string[], title: string): Draft[] {
  const queries = [0.5, 0.95, 0.99].map((quantile) => ({
    expr: quantileQuery(metric, quantile, by, RATE, CHOSEN),
    legend: [`p${quantile * 100}`, ...by.map((name) => `{{${name}}}`)].join(" "),
    hasExemplars: quantile === 0.99,
  }));
  const options = { title, description: metric.help, unit: valueUnit(metric.unit), queries };
  return [graph(options), ...(metric.isNative ? [heatmap(metric)] : [])];
}

function gaugePanel({ name, help, unit, fewValued }: Metric, legend: string): Draft {
  const common = { title: titleOf(name), description: help };
  const by = ["instance", ...fewValued];
  if (/_timestamp_seconds$|_start_time_seconds$/.test(name)) {
    const expr = `max by (${by.map(label).join(", ")}) (${selector(name, CHOSEN)}) * 1000`;
    const queries = [{ expr, legend: legendOf(by) }];
    return number({ ...common, unit: "dateTimeFromNow", queries });
  }
  const expr = sumBy(fewValued, selector(name, CHOSEN)).replace(
    /^sum/,
    AGGREGATION[unit ?? ""] ?? "sum",
  );
  const max = unit === "ratio" ? { max: 1 } : {};
  return graph({ ...common, unit: valueUnit(unit), queries: [{ expr, legend }], ...max });
}

/** Temperatures and durations of several instances don't add up. */
const AGGREGATION: Readonly<Record<string, string>> = {
  ratio: "avg",
  percent: "avg",
  seconds: "max",
  celsius: "max",
  kelvin: "max",
  volts: "max",
  hertz: "max",
};

function facts({ name, help, labelNames }: Metric): Draft {
  const expr = sumBy(labelNames, selector(name, CHOSEN));
  const options = {
    title: titleOf(name),
    description: help,
    unit: "short",
    queries: [{ expr, legend: legendOf(labelNames) }],
  };
  return {
    ...draft("table", options, "table"),
    fieldConfig: { defaults: field(options), overrides: [] },
    options: { showHeader: true, cellHeight: "sm" },
  };
}

function states({ name, help, fewValued }: Metric): Draft {
  const by = [name, ...fewValued];
  const expr = `max by (${by.map(label).join(", ")}) (${selector(name, CHOSEN)})`;
  const options = {
    title: titleOf(name),
    description: help,
    unit: "bool_on_off",
    queries: [{ expr, legend: legendOf(by) }],
    steps: [
      [null, "text"],
      [1, "green"],
    ] as const,
  };
  return {
    ...draft("state-timeline", options),
    fieldConfig: {
      defaults: { ...field(options), color: { mode: "thresholds" } },
      overrides: [],
    },
    options: {
      alignValue: "left",
      mergeValues: true,
      rowHeight: 0.9,
      showValue: "never",
      legend: { displayMode: "list", placement: "bottom", showLegend: false, calcs: [] },
      tooltip: { mode: "single", sort: "none" },
    },
  };
}

type Common = "type" | "title" | "description" | "datasource" | "targets" | "width";

function draft(
  type: Panel["type"],
  { title, description = "", queries, width = 12 }: PanelOptions,
  format: Target["format"] = "time_series",
): Pick<Draft, Common> {
  const isInstant = type === "table";
  const targets = queries.map(
    ({ expr, legend, hasExemplars = false }, i): Target => ({
      refId: String.fromCharCode("A".charCodeAt(0) + i),
      datasource: DATA_SOURCE,
      expr,
      legendFormat: legend,
      format,
      instant: isInstant,
      range: !isInstant,
      exemplar: hasExemplars,
      editorMode: "code",
    }),
  );
  return { type, title, description, datasource: DATA_SOURCE, targets, width };
}

function field({ unit, steps = [[null, "green"]], min, max }: PanelOptions): FieldConfig {
  return {
    unit,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    color: { mode: "palette-classic" },
    thresholds: { mode: "absolute", steps: steps.map(([value, color]) => ({ value, color })) },
  };
}

export function legendOf(labels: readonly string[]): string {
  return labels.map((name) => `{{${name}}}`).join(" ");
}

/** `Db query duration` for `db_query_duration_seconds`. */
function titleOf(name: string): string {
  const words = name.replace(/_total$|_info$/, "").replaceAll(/[_:.]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
