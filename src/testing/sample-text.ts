import { escapeText } from "../exposition/bytes/growing-bytes.ts";
import { parseNumber } from "../exposition/parse/line-reader.ts";
import { formatBound } from "../model/bound.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";
import type { PageSample } from "./read-page.ts";

const MAX_BRIEF = 160;

/** A sample as a line of text. Equal samples give equal texts, however their pages write them. */
export function sampleText(
  sample: Pick<PageSample, "name" | "labels" | "value" | "timestamp">,
): string {
  const { value, timestamp } = sample;
  const time = Number.isNaN(timestamp) ? "" : ` ${Math.round(timestamp * 1000)}`;
  return `${seriesText(sample)} ${numberText(value)}${time}`;
}

/** The same, shortened for a message. */
export function briefSampleText(sample: PageSample): string {
  const text = sampleText(sample);
  return text.length > MAX_BRIEF ? `${text.slice(0, MAX_BRIEF).toWellFormed()}…` : text;
}

/** A label's value. The numbers of `le` and `quantile` have many forms, of which this gives one. */
export function labelValueText(label: string, value: string): string {
  const number = label === "le" || label === "quantile" ? parseNumber(value) : undefined;
  return number === undefined ? value : formatBound(number);
}

/** The name and the labels of a sample. */
export function seriesText({ name, labels }: Pick<PageSample, "name" | "labels">): string {
  const parts = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => {
      const key = isLegacyLabelName(label) ? label : quoted(label);
      return `${key}=${quoted(labelValueText(label, value))}`;
    });
  if (!isLegacyMetricName(name)) return `{${[quoted(name), ...parts].join()}}`;
  return parts.length === 0 ? name : `${name}{${parts.join()}}`;
}

function quoted(text: string): string {
  return `"${escapeText(text, true)}"`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
