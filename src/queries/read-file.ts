import { LineCounter, parseDocument } from "yaml";

/** A query in a file of rules or a dashboard. */
export interface FoundQuery {
  /** The file, and the rule or panel in it. */
  readonly place: string;
  readonly query: string;
  /** Labels that a text beside the query shows, such as `{{route}}` of a legend. */
  readonly shownLabels: readonly string[];
  /** Of a panel or variable, the queries have variables of Grafana. */
  readonly isOfGrafana: boolean;
}

/** What a file has. */
export interface QueryFile {
  readonly queries: readonly FoundQuery[];
  /** The names of the series that its rules record. */
  readonly recorded: readonly string[];
  /** Why the file can't be read as rules or a dashboard, and where; empty if it can. */
  readonly faults: readonly { readonly place: string; readonly reason: string }[];
}

/** Reads a file of Prometheus's rules (YAML) or a dashboard of Grafana (JSON). */
export function readQueryFile(file: string, text: string): QueryFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    const [why] = error.message.split(/ at line |\n/);
    const form = file.endsWith(".json") ? "JSON" : "YAML";
    return unreadable(`${file}:${line}`, `it is no ${form}: ${why}`);
  }
  const content: unknown = document.toJS();
  // A PrometheusRule of Kubernetes has the groups in its spec.
  const rules = isMap(content) && isMap(content.spec) ? content.spec : content;
  if (isMap(rules) && Array.isArray(rules.groups)) return ofRules(file, rules.groups);
  const board = isMap(content) && isMap(content.dashboard) ? content.dashboard : content;
  if (isMap(board) && (Array.isArray(board.panels) || isMap(board.templating))) {
    return ofDashboard(file, board);
  }
  return unreadable(file, "it has neither groups of rules nor panels of a dashboard");
}

function unreadable(place: string, reason: string): QueryFile {
  return { queries: [], recorded: [], faults: [{ place, reason }] };
}

type Map_ = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Map_ {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const maps = (value: unknown): Map_[] => (Array.isArray(value) ? value.filter(isMap) : []);
const text = (value: unknown) => (typeof value === "string" ? value : "");

function ofRules(file: string, groups: readonly unknown[]): QueryFile {
  const rules = maps(groups).flatMap((group) => maps(group.rules));
  return {
    queries: rules.map((rule) => {
      const annotations = isMap(rule.annotations) ? Object.values(rule.annotations) : [];
      return {
        place: `${file}: ${text(rule.record) || text(rule.alert)}`,
        query: text(rule.expr) || String(rule.expr ?? ""),
        shownLabels: annotations.flatMap((each) =>
          Array.from(text(each).matchAll(/\$labels\.(\w+)/g), ([, label]) => label!),
        ),
        isOfGrafana: false,
      };
    }),
    recorded: rules.map((rule) => text(rule.record)).filter((name) => name !== ""),
    faults: [],
  };
}

function ofDashboard(file: string, board: Map_): QueryFile {
  const found = (what: string, query: unknown, legend: unknown = ""): FoundQuery[] =>
    text(query) === ""
      ? []
      : [
          {
            place: `${file}: ${what}`,
            query: text(query),
            shownLabels: Array.from(
              text(legend).matchAll(/\{\{\s*([\w.]+)\s*\}\}/g),
              ([, label]) => label!,
            ),
            isOfGrafana: true,
          },
        ];
  const panels = maps(board.panels).flatMap((panel) => [panel, ...maps(panel.panels)]);
  const variables = isMap(board.templating) ? maps(board.templating.list) : [];
  const annotations = isMap(board.annotations) ? maps(board.annotations.list) : [];
  return {
    queries: [
      ...panels.flatMap((panel) =>
        maps(panel.targets).flatMap(({ expr, legendFormat }) =>
          found(`panel "${text(panel.title)}"`, expr, legendFormat),
        ),
      ),
      ...variables
        .filter(({ type }) => type === "query")
        .flatMap(({ name, query, definition }) =>
          found(`variable ${text(name)}`, isMap(query) ? query.query : query || definition),
        ),
      ...annotations.flatMap(({ name, expr }) => found(`annotation "${text(name)}"`, expr)),
    ],
    recorded: [],
    faults: [],
  };
}
