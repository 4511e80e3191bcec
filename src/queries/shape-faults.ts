import type { SyntaxNode } from "@lezer/common";
import type { KnownSamples, KnownSeries } from "./known-series.ts";
import { hint, labelsWithin } from "./labels-within.ts";
import { around, type Query, type Selector, selectorsOf } from "./syntax.ts";

/** Functions of the increase of a counter over a range. */
const RATES = ["rate", "irate", "increase"];
/** Functions that are for values that go up and down. */
const OF_GAUGES = ["delta", "idelta", "deriv", "predict_linear"];
/** Functions that ask whether and when, and not how much. */
const NOT_OF_VALUES =
  /^(resets|changes|absent|absent_over_time|present_over_time|count_over_time|timestamp|last_over_time|label_replace|label_join|info)$/;
const HISTOGRAM_FUNCTIONS = /^histogram_(quantile|fraction)$/;

/** What a query does that fits the types of its metrics in no way, or labels that they do not have. */
export function shapeFaults(
  query: Query,
  known: KnownSeries,
  added: ReadonlySet<string>,
): string[] {
  return [
    ...selectorsOf(query).flatMap((selector) => {
      const samples = selector.name === undefined ? undefined : known.get(selector.name);
      return [
        ...rangeFaults(query, selector),
        ...(samples === undefined ? [] : typeFaults(query, selector, samples)),
      ];
    }),
    ...query.all("FunctionCall").flatMap((call) => quantileFaults(query, call, known)),
    ...groupingFaults(query, known, added),
  ];
}

function rangeOf({ node }: Selector): SyntaxNode | undefined {
  const parent = node.parent;
  return parent?.name === "MatrixSelector" || parent?.name === "SubqueryExpr" ? parent : undefined;
}

/** The name of the nearest function around a node. */
function functionAround(query: Query, node: SyntaxNode): string {
  const call = around(node, "FunctionCall");
  return call === undefined ? "" : query.textOf(call.firstChild!);
}

function takesRange(name: string): boolean {
  return (
    [
      ...RATES,
      ...OF_GAUGES,
      "resets",
      "changes",
      "double_exponential_smoothing",
      "holt_winters",
    ].includes(name) || name.endsWith("_over_time")
  );
}

function rangeFaults(query: Query, selector: Selector): string[] {
  const { node, name = "" } = selector;
  const range = rangeOf(selector);
  const call = functionAround(query, node);
  if (range?.name === "MatrixSelector" && !takesRange(call)) {
    return [`${query.textOf(range)} is a range: it needs a function such as rate`];
  }
  const isDirect = node.parent?.name === "FunctionCallBody";
  if (range === undefined && isDirect && takesRange(call)) {
    return [`${call} needs a range, as in ${call}(${name}[5m])`];
  }
  return [];
}

function typeFaults(query: Query, selector: Selector, { kind, type }: KnownSamples): string[] {
  const { node, name } = selector;
  const call = functionAround(query, node);
  if (kind === "value") {
    if (type === "unknown" || !RATES.includes(call) || rangeOf(selector) === undefined) return [];
    return [`${call} is for counters, and ${name} is a ${type}: use delta or deriv`];
  }
  if (OF_GAUGES.includes(call)) {
    return [`${call} is for gauges, and ${name} is a counter: use rate or increase`];
  }
  if (rangeOf(selector) !== undefined || NOT_OF_VALUES.test(call)) return [];
  const aggregation = around(node, "AggregateExpr");
  const operator = aggregation && query.textOf(aggregation.firstChild!);
  if (operator === "count" || operator === "group" || operator === "count_values") return [];
  if (isPresence(query, node)) return [];
  const what =
    kind === "bucket"
      ? "the buckets of a histogram"
      : kind === "native"
        ? "a histogram"
        : "a counter";
  return [`${name} is ${what}, whose value says little without rate or increase`];
}

/** Whether only the existence of series counts, or labels are joined: `a and b`. */
function isPresence(query: Query, node: SyntaxNode): boolean {
  const operation = around(node, "BinaryExpr");
  if (operation === undefined) return false;
  if (["And", "Unless"].some((name) => operation.getChild(name) !== null)) return true;
  // Whether anything was counted, ever.
  const isZero = query.textOf(operation.lastChild!).trim() === "0";
  return isZero && ["Gtr", "Neq", "EqlC"].some((name) => operation.getChild(name) !== null);
}

function quantileFaults(query: Query, call: SyntaxNode, known: KnownSeries): string[] {
  const name = query.textOf(call.firstChild!);
  if (!HISTOGRAM_FUNCTIONS.test(name)) return [];
  // What comes before may be of any metric, such as scalar(…).
  const buckets = call.getChild("FunctionCallBody")?.lastChild ?? call;
  const selectors = selectorsOf(query, buckets);
  const kinds = selectors.map((selector) => known.get(selector.name ?? "")?.kind);
  if (kinds.includes(undefined)) return [];
  const wrong = selectors.find((_, i) => kinds[i] !== "bucket" && kinds[i] !== "native");
  if (wrong !== undefined)
    return [`${name} needs the buckets of a histogram, and ${wrong.name} has none`];
  if (!kinds.includes("bucket")) return [];
  const [aggregation] = query.all("AggregateExpr", buckets);
  if (aggregation === undefined) return [];
  const labels = groupingOf(query, aggregation);
  const keeps = labels !== undefined && labels.isBy === labels.names.includes("le");
  return keeps
    ? []
    : [`${name} needs the label le, which the sum leaves out: add it, as in sum by (le)`];
}

/** The labels of an aggregation; undefined if it has none. */
function groupingOf(query: Query, aggregation: SyntaxNode) {
  const modifier = aggregation.getChild("AggregateModifier");
  const grouping = modifier?.getChild("GroupingLabels");
  if (!modifier || !grouping) return undefined;
  return { isBy: modifier.getChild("By") !== null, names: query.labelsIn(grouping) };
}

/** Labels in `by (…)`, `on (…)` and the like that no series there has. */
function groupingFaults(query: Query, known: KnownSeries, added: ReadonlySet<string>): string[] {
  return query.all("GroupingLabels").flatMap((grouping) => {
    const owner = around(grouping, "AggregateExpr", "BinaryExpr");
    const labels = owner && labelsWithin(query, known, owner);
    if (labels === undefined) return [];
    return query
      .labelsIn(grouping)
      .filter((label) => !labels.has(label) && !added.has(label))
      .map((label) => {
        const rest = hint(label, labels);
        return `no series has the label ${label}, by which it groups or joins${rest}`;
      });
  });
}
