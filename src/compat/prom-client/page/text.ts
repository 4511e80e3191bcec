import type { GivenLabels } from "../metrics/given-labels.ts";
import type { ExemplarJson, MetricJson, SampleJson } from "./json.ts";

/** How a page is to be written. */
export interface PageStyle {
  readonly isOpenMetrics: boolean;
  /** Whether it has prom-client's text, mistakes included. */
  readonly isExact: boolean;
  /** Series that have no labels of these names get them. */
  readonly defaultLabels: GivenLabels;
  /** Whether default labels also replace those that are null or undefined. */
  readonly replacesNullish: boolean;
}

/** The beginning of a metric: `# HELP` and `# TYPE`. */
export function headOf({ help, type }: Pick<MetricJson, "help" | "type">, name: string): string {
  return `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}`;
}

/** The text of a metric that is there as JSON, without a line break at the end. */
export function textOfJson(json: MetricJson, style: PageStyle): string {
  const name = escapeText(nameOnPage(json, style));
  const suffix = json.type === "counter" && style.isOpenMetrics ? "_total" : "";
  const lines = [headOf(json, name)];
  for (const sample of json.values ?? []) {
    const labels = braced(labelsOnPage(sample, style));
    const value = numberText(sample.value, style);
    const exemplar = sample.exemplar as ExemplarJson | null | undefined;
    lines.push(
      `${sample.metricName ?? name}${suffix}${labels} ${value}${exemplarText(exemplar, style)}`,
    );
  }
  return lines.join("\n");
}

/** A metric's name on a page: OpenMetrics adds `_total` only to the samples of a counter. */
export function nameOnPage(
  { name, type }: Pick<MetricJson, "name" | "type">,
  { isOpenMetrics, isExact }: PageStyle,
): string {
  return isOpenMetrics && !isExact && type === "counter" ? withoutTotal(name) : name;
}

export function withoutTotal(name: string): string {
  return name.replace(/_total$/, "");
}

/** Labels as text, without braces. */
export function labelText(labels: GivenLabels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(",");
}

/** Label texts between braces; empty ones are left out. */
export function braced(...texts: readonly string[]): string {
  let all = "";
  for (const text of texts) {
    if (text !== "") all += all === "" ? text : `,${text}`;
  }
  return all === "" ? "" : `{${all}}`;
}

export function numberText(value: number | null, { isExact }: PageStyle): string {
  if (Number.isFinite(value)) return `${value}`;
  if (Number.isNaN(value)) return isExact ? "Nan" : "NaN";
  return value !== null && value < 0 ? "-Inf" : "+Inf";
}

/** The value of a label `le` or `quantile`: OpenMetrics asks for a decimal point. */
export function boundText(bound: number, { isOpenMetrics, isExact }: PageStyle): string {
  return isOpenMetrics && !isExact && Number.isInteger(bound) && Math.abs(bound) < 1e21
    ? `${bound}.0`
    : `${bound}`;
}

export function exemplarText(exemplar: ExemplarJson | null | undefined, style: PageStyle): string {
  if (!exemplar || !style.isOpenMetrics) return "";
  const { labelSet, value, timestamp } = exemplar;
  return ` # {${labelText(labelSet)}} ${numberText(value, style)} ${timestamp}`;
}

/** The labels of a sample and the default ones, as text. */
function labelsOnPage({ labels = {}, sharedLabels }: SampleJson, style: PageStyle): string {
  const { defaultLabels, replacesNullish } = style;
  const all: Record<string, unknown> = { ...labels };
  for (const [name, value] of Object.entries(defaultLabels)) {
    if (sharedLabels !== undefined && Object.hasOwn(sharedLabels, name)) continue;
    if (!(name in all) || (replacesNullish && all[name] == null)) all[name] = value;
  }
  for (const own of ["le", "quantile"]) {
    if (typeof all[own] === "number") all[own] = boundText(all[own], style);
  }
  const texts = [labelText(all), sharedLabels === undefined ? "" : labelText(sharedLabels)];
  return texts.filter((text) => text !== "").join(",");
}

function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(value: unknown): string {
  const text = `${value}`;
  return /[\\\n"]/.test(text) ? escapeText(text).replaceAll('"', '\\"') : text;
}
