import { FORMATS } from "../exposition/formats.ts";
import { LineReader } from "../exposition/parse/line-reader.ts";
import { parse } from "../exposition/parse/parse.ts";
import type { ParsedFamily } from "../exposition/parse/parsed-family.ts";
import type { ParsedSample } from "../exposition/parse/sample.ts";
import { TEXT } from "../exposition/parse/syntax.ts";
import { TextPage } from "../exposition/parse/text-page.ts";
import { exposedName } from "../model/family.ts";
import type { MetricSource } from "../model/sample-sink.ts";
import { nearMiss } from "../near-miss.ts";
import type { Registry } from "../registry/registry.ts";

/** A page from anywhere, for example from `fetch`. `expose()` returns such a page, too. */
export interface Page {
  /** Its `Content-Type` header, which tells the format. */
  readonly contentType: string;
  /** Its text, or bytes in UTF-8. */
  readonly body: string | Uint8Array;
}

/**
 * Where metrics are read from: a registry, a collector or a page. A string is read as OpenMetrics 1.0
 * if it ends in `# EOF`, and as the text format otherwise.
 */
export type Source = Pick<Registry, "expose"> | MetricSource | Page | string;

/** The text format that does not escape names. */
const ACCEPT = "text/plain; version=1.0.0; escaping=allow-utf-8";

const OPENMETRICS_END = /(^|\n)# EOF\n?$/;

/** A family by its name on the page, which for a counter ends in `_total`. */
export type PageFamily = Pick<ParsedFamily, "name" | "help" | "type" | "samples">;
/** A sample of a page: a line with its name, labels and value. */
export type PageSample = ParsedSample;

/**
 * The source's page in the text format.
 *
 * @param names the families that are needed: others are left out if that saves work
 */
export async function textPage(
  source: Source,
  names?: readonly string[],
): Promise<string | Uint8Array> {
  if (typeof source === "string") {
    const type = OPENMETRICS_END.test(source) ? "application/openmetrics-text" : "text/plain";
    return textPage({ contentType: type, body: source });
  }
  if ("expose" in source) return (await source.expose({ accept: ACCEPT, names })).body;
  if ("visit" in source) {
    await source.collect?.({ signal: new AbortController().signal });
    return rendered(source);
  }
  const { contentType, body } = source;
  return /^\s*text\/plain\b/i.test(contentType) ? body : rendered(parse(body, { contentType }));
}

/** The families of a page in the text format. */
export function familiesOf(page: string | Uint8Array, syntax = TEXT): PageFamily[] {
  return new TextPage(new LineReader(page, syntax))
    .families()
    .map((family) => ({ ...family, name: exposedName(family) }));
}

/** What to add to the news that a source has nothing of this name: a name that was probably meant. */
export async function hintFor(source: Source, name: string): Promise<string | undefined> {
  const meant = nearMiss(name, await namesIn(source));
  return meant === undefined || meant === name ? undefined : `: there is ${meant}`;
}

/** The names of families and samples. A registry's callbacks are not called for it. */
async function namesIn(source: Source): Promise<string[]> {
  const isRegistry = typeof source === "object" && "families" in source && "find" in source;
  const families = isRegistry
    ? (source as Registry).families().map((family) => ({ ...family, name: exposedName(family) }))
    : familiesOf(await textPage(source));
  return families.flatMap(({ name, samples }) => [name, ...samples.map((sample) => sample.name)]);
}

async function rendered(source: MetricSource): Promise<Uint8Array> {
  const page = FORMATS["text-1.0.0"].open({ escaping: "allow-utf-8" });
  for (const _ of source.visit(page) ?? []);
  return page.finish();
}
