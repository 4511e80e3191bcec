import { UNKNOWN } from "./grafana-variables.ts";
import type { KnownSamples, KnownSeries } from "./known-series.ts";
import { hint } from "./labels-within.ts";
import { type LabelMatcher, type Query, type Selector, selectorsOf } from "./syntax.ts";

/** Why selectors of a query match nothing. */
export function selectorFaults(
  query: Query,
  known: KnownSeries,
  added: ReadonlySet<string>,
): string[] {
  return selectorsOf(query).flatMap((selector) => {
    const { name, matchers } = selector;
    if (name === undefined || name.includes(UNKNOWN) || known.isOther(name)) return [];
    const samples = known.get(name);
    if (samples === undefined) return [missing(selector, known)];
    const mayBeMissing = hasAlternative(selector);
    return matchers.flatMap((matcher) => {
      const isExpected = mayBeMissing && samples.labels.has(matcher.label);
      return added.has(matcher.label) || isExpected ? [] : matcherFaults(name, matcher, samples);
    });
  });
}

/** Whether the query goes on with something else where there are no such series: `a{status="500"} or b`. */
function hasAlternative({ node }: Selector): boolean {
  for (let at = node; at.parent !== null; at = at.parent) {
    const { parent } = at;
    if (parent.getChild("Or") !== null && parent.firstChild?.from === at.from) return true;
  }
  return false;
}

function missing({ name = "" }: Selector, known: KnownSeries): string {
  for (const suffix of ["_total", "_info", "_count"]) {
    const samples = known.get(name + suffix);
    if (samples === undefined) continue;
    if (suffix !== "_count")
      return `there is no metric ${name}: the ${samples.type} is ${name}${suffix}`;
    const parts = ["_bucket", "_sum", "_count"].filter(
      (part) => known.get(name + part) !== undefined,
    );
    return `there are no samples ${name}: the ${samples.type} has ${parts.map((part) => name + part).join(", ")}`;
  }
  const base = /^(.*)_(total|bucket|sum|count|info)$/.exec(name)?.[1];
  const samples = base === undefined ? undefined : known.get(base);
  if (samples !== undefined) return `there is no metric ${name}: ${base} is a ${samples.type}`;
  if (name.includes(":")) {
    return `no rule in these files records ${name}${hint(name, known.names())}`;
  }
  return `there is no metric ${name}${hint(name, known.names())}`;
}

function matcherFaults(name: string, matcher: LabelMatcher, samples: KnownSamples): string[] {
  const { label, operator, value } = matcher;
  const text = `${label}${operator}${JSON.stringify(value)}`;
  const isKnown = samples.labels.has(label);
  if (!isKnown) {
    // A label that is not there is empty.
    if (matches(matcher, "") === true && (operator === "=" || operator === "=~")) return [];
    const labels = [...samples.labels.keys()];
    return [`${name} has no label ${label}${hint(label, labels) || listed(labels, "it has")}`];
  }
  const values = samples.labels.get(label);
  if (values === undefined || value.includes(UNKNOWN)) return [];
  // A series that lacks the label has it empty, so a comparison with "" is no mistake.
  if (value === "") return [];
  const all = [...values];
  const found = all.map((each) => matches(matcher, each));
  if (found.includes(undefined)) return [`${text} of ${name} is no regular expression`];
  if (found.includes(true)) return [];
  if (operator.startsWith("!")) return [`${text} leaves nothing of ${name}`];
  if (label === "le" && all.map(Number).includes(Number(value))) return [];
  const meant = label === "le" || label === "quantile" ? "" : hint(value, all);
  return [`no series of ${name} has ${text}${meant || listed(all, "there is")}`];
}

/** Whether a value fulfils the condition; undefined if that is a regular expression that can't be read. */
function matches({ operator, value }: LabelMatcher, given: string): boolean | undefined {
  if (operator === "=") return given === value;
  if (operator === "!=") return given !== value;
  try {
    const isMatch = new RegExp(`^(?:${value.replace(/^\(\?[a-z]+\)/, "")})$`, "s").test(given);
    return isMatch === (operator === "=~");
  } catch {
    return undefined;
  }
}

function listed(names: readonly string[], verb: string): string {
  if (names.length === 0) return "";
  return `: ${verb} ${names.slice(0, 8).join(", ")}${names.length > 8 ? " and others" : ""}`;
}
