import { formatBound } from "../exposition/bound.ts";
import { parseNumber } from "../exposition/parse/number.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";
import type { PageSample } from "./read-page.ts";

const MAX_BRIEF = 160;

/** A sample as a line of a page, the same however the page writes it. */
export function sampleText(sample: PageSample): string {
  const { value, timestamp } = sample;
  const time = Number.isNaN(timestamp) ? "" : ` ${Math.round(timestamp * 1000)}`;
  return `${seriesText(sample)} ${numberText(value)}${time}`;
}

/** The same for a message, which is no place for a megabyte. */
export function briefSampleText(sample: PageSample): string {
  const text = sampleText(sample);
  return text.length > MAX_BRIEF ? `${text.slice(0, MAX_BRIEF).toWellFormed()}…` : text;
}

/** A label's value, which for some labels is a number, and then can be written in many ways. */
export function labelValueText(label: string, value: string): string {
  const number = label === "le" || label === "quantile" ? parseNumber(value) : undefined;
  return number === undefined ? value : formatBound(number);
}

function seriesText({ name, labels }: PageSample): string {
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
  return `"${text.replaceAll(/[\\"\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`))}"`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
