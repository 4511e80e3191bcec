import { expect } from "vitest";
import type { FormatName } from "../../../src/exposition/formats.ts";
import { parse } from "../../../src/exposition/parse/parse.ts";
import type { Registry } from "../../../src/index.ts";
import { acceptOf } from "../../page-of-any-format.ts";
import { decodePage } from "../../protobuf-page.ts";
import { type RecordedCounter, type RecordedSummary, record } from "../../recording.ts";
import { parseTextPage } from "../../text-page.ts";
import { keyOf } from "./label-sets.ts";

/** The counts of the series of the family `m`, and of the updates past its limit. */
interface Counts {
  readonly series: ReadonlyMap<string, number>;
  readonly overflows: number;
}

export async function countsOnPage(registry: Registry, format: FormatName): Promise<Counts> {
  const { body, contentType } = await registry.expose({ accept: acceptOf(format, "allow-utf-8") });
  if (format === "text-0.0.4")
    parseTextPage(new TextDecoder("utf-8", { fatal: true }).decode(body));
  const rows = format === "protobuf" ? protobufRows(body) : textRows(body, contentType);
  const own = rows.filter(({ family }) => /^m(_total)?$/.test(family));
  const series = new Map(own.map(({ labels, count }) => [keyOf(labels.a, labels.b), count]));
  expect(series.size, `series on the page of ${format}`).toBe(own.length);
  const overflows = rows.find(({ family }) => family.startsWith("narthex_overflow_updates"));
  return { series, overflows: overflows?.count ?? 0 };
}

interface Row {
  readonly family: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
}

function textRows(body: Uint8Array, contentType: string): Row[] {
  return record(parse(body, { contentType })).flatMap(({ name, series }) =>
    series.map(({ labels, value }) => ({
      family: name,
      labels: Object.fromEntries(labels),
      count: countOf(value as number | RecordedCounter | RecordedSummary),
    })),
  );
}

function countOf(value: number | RecordedCounter | RecordedSummary): number {
  if (typeof value === "number") return value;
  return "value" in value ? value.value : (value.count ?? Number.NaN);
}

interface ProtobufFamily {
  readonly name: string;
  readonly metric?: readonly {
    readonly label?: readonly { readonly name: string; readonly value: string }[];
    readonly counter?: { readonly value: number };
    readonly gauge?: { readonly value: number };
    readonly histogram?: { readonly sampleCount?: number; readonly count?: number };
    readonly summary?: { readonly count?: number };
  }[];
}

function protobufRows(body: Uint8Array): Row[] {
  return (decodePage(body) as unknown as ProtobufFamily[]).flatMap(({ name, metric = [] }) =>
    metric.map(({ label = [], counter, gauge, histogram, summary }) => ({
      family: name,
      labels: Object.fromEntries(label.map(({ name, value = "" }) => [name, value])),
      count: (counter ?? gauge)?.value ?? (histogram ?? summary)?.count ?? Number.NaN,
    })),
  );
}
