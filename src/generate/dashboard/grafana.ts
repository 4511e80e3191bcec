/** The version of the JSON model of dashboards: Grafana 12's. Later versions of Grafana read it, too. */
export const SCHEMA_VERSION = 42;

/** A dashboard of Grafana, as far as it is generated: what its import takes. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: string[];
  readonly timezone: "browser";
  readonly editable: boolean;
  /** 1: the crosshair of one panel is on all of them. */
  readonly graphTooltip: 1;
  readonly time: { readonly from: string; readonly to: string };
  readonly refresh: string;
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly panels: (Panel | Row)[];
  readonly templating: { readonly list: Variable[] };
  readonly annotations: { readonly list: Annotation[] };
  readonly links: never[];
}

/** A data source by its type and id, or that of a variable. */
interface DataSource {
  readonly type: string;
  readonly uid: string;
}

/** Where a panel is, on a grid of 24 columns. */
export interface GridPosition {
  readonly h: number;
  readonly w: number;
  readonly x: number;
  readonly y: number;
}

/** A heading, with the panels of its section below it. */
export interface Row {
  readonly type: "row";
  readonly id: number;
  readonly title: string;
  readonly collapsed: boolean;
  readonly gridPos: GridPosition;
  readonly panels: Panel[];
}

/** One panel: a graph, a number, a heatmap. */
export interface Panel {
  readonly type: "timeseries" | "stat" | "heatmap" | "state-timeline" | "table";
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly datasource: DataSource;
  readonly gridPos: GridPosition;
  readonly targets: Target[];
  readonly fieldConfig: {
    readonly defaults: FieldConfig;
    readonly overrides: never[];
  };
  readonly options: object;
}

/** How values are shown. */
export interface FieldConfig {
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  readonly color: { readonly mode: "palette-classic" | "thresholds" };
  readonly thresholds: {
    readonly mode: "absolute";
    readonly steps: { readonly value: number | null; readonly color: string }[];
  };
  readonly custom?: object;
}

/** A query of PromQL. */
export interface Target {
  readonly refId: string;
  readonly datasource: DataSource;
  readonly expr: string;
  readonly legendFormat: string;
  readonly format: "time_series" | "heatmap" | "table";
  readonly instant: boolean;
  readonly range: boolean;
  /** Whether the exemplars of the series are shown. */
  readonly exemplar: boolean;
  readonly editorMode: "code";
}

/** A choice at the top of the dashboard. */
export interface Variable {
  readonly type: "datasource" | "query";
  readonly name: string;
  readonly label: string;
  readonly query: string | { readonly query: string; readonly refId: string };
  readonly datasource?: DataSource;
  readonly definition?: string;
  readonly refresh?: 2;
  readonly sort?: 1;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly current?: { readonly text: string; readonly value: string };
}

/** Marks on all graphs, at the times at which a query gives something. */
export interface Annotation {
  readonly name: string;
  readonly datasource: DataSource;
  readonly enable: boolean;
  readonly iconColor: string;
  readonly expr: string;
  readonly step: string;
  readonly titleFormat: string;
  readonly textFormat: string;
}
