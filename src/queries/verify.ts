import type { MetricFamily } from "../model/metric-family.ts";
import { labelValues, withoutVariables } from "./grafana-variables.ts";
import { KnownSeries } from "./known-series.ts";
import { hint, labelsWithin } from "./labels-within.ts";
import { type FoundQuery, readQueryFile } from "./read-file.ts";
import { selectorFaults } from "./selector-faults.ts";
import { shapeFaults } from "./shape-faults.ts";
import { Query } from "./syntax.ts";

/** A query that does not fit the metrics. */
export interface QueryFault {
  /** The file, and the rule or panel in it. */
  readonly place: string;
  /** What is wrong, and what was probably meant. */
  readonly reason: string;
  /** The query as it is in the file; empty if the file itself is at fault. */
  readonly query: string;
}

/** A file of rules or a dashboard. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** What a scrape adds to the labels of each series. */
const TARGET_LABELS = ["job", "instance"];

/** Finds what the queries of rules and dashboards ask for that the metrics do not have. */
export function verifyQueries(
  families: readonly MetricFamily[],
  files: readonly TextFile[],
  targetLabels: readonly string[] = [],
): { readonly queries: number; readonly faults: QueryFault[] } {
  const read = files.map(({ path, text }) => readQueryFile(path, text));
  const known = new KnownSeries(
    families,
    read.flatMap(({ recorded }) => recorded),
  );
  const added = new Set([...TARGET_LABELS, ...targetLabels]);
  const faults = read.flatMap(({ queries, faults }) => [
    ...faults.map((fault) => ({ ...fault, query: "" })),
    ...queries.flatMap((found) =>
      [...new Set(faultsOf(found, known, added))].map((reason) => ({
        place: found.place,
        reason,
        query: found.query,
      })),
    ),
  ]);
  return { queries: read.reduce((sum, { queries }) => sum + queries.length, 0), faults };
}

function faultsOf(found: FoundQuery, known: KnownSeries, added: ReadonlySet<string>): string[] {
  const asked = found.isOfGrafana ? labelValues(found.query) : undefined;
  // Other functions of Grafana's variables are no PromQL.
  if (
    found.isOfGrafana &&
    asked === undefined &&
    /^\s*(label_names|metrics|label_values|query_result)\(/.test(found.query)
  ) {
    return [];
  }
  const text = asked?.selector ?? found.query;
  const query = new Query(found.isOfGrafana ? withoutVariables(text) : text);
  const fault = query.fault();
  if (fault !== undefined) return [`it is no PromQL: ${fault}`];
  const shown = asked ? [asked.label] : found.shownLabels;
  return [
    ...selectorFaults(query, known, added),
    ...(asked ? [] : shapeFaults(query, known, added)),
    ...shown.flatMap((label) => shownFault(label, query, known, added)),
  ];
}

/** A legend or a text shows a label that no series of the query has. */
function shownFault(
  label: string,
  query: Query,
  known: KnownSeries,
  added: ReadonlySet<string>,
): string[] {
  const labels = labelsWithin(query, known);
  if (labels === undefined || labels.has(label) || added.has(label) || label === "__name__")
    return [];
  return [`it shows the label ${label}, which no series of the query has${hint(label, labels)}`];
}
