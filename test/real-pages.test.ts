import { expect, test } from "vitest";
import { parse } from "../src/exposition/parse/parse.ts";
import { Registry } from "../src/index.ts";
import { acceptOf, FORMATS } from "./page-of-any-format.ts";
import { decodePage } from "./protobuf-page.ts";
import { PAGES } from "./real-pages.ts";

/** The samples of a page of text, with their times. */
function samplesOf(page: string | Uint8Array, contentType: string): string[] {
  return parse(page, { contentType })
    .families.flatMap(({ name, samples }) =>
      samples.flatMap(({ name: sample, labels, value, timestamp, composite }) => {
        if (composite === undefined) return sampleText(sample, labels, value, timestamp);
        const parts = [
          sampleText(`${name}_count`, labels, composite.count, timestamp),
          sampleText(`${name}_sum`, labels, composite.sum, timestamp),
        ];
        if (composite.type === "summary") {
          return parts.concat(
            composite.quantiles.map(({ quantile, value }) =>
              sampleText(name, { ...labels, quantile: `${quantile}` }, value, timestamp),
            ),
          );
        }
        return parts.concat(
          composite.buckets.map(({ bound, count }) =>
            sampleText(`${name}_bucket`, { ...labels, le: `${bound}` }, count, timestamp),
          ),
        );
      }),
    )
    .sort();
}

function sampleText(
  name: string,
  labels: Readonly<Record<string, string>>,
  value: number,
  timestamp: number,
): string {
  const texts = Object.entries(labels).map(([label, text]) => {
    const isBound = label === "le" || label === "quantile";
    const bound = isBound ? Number(text.replace(/Inf$/, "Infinity")) : text;
    return `${label}=${JSON.stringify(`${bound}`)}`;
  });
  return `${name}{${texts.sort().join()}} ${value} ${timestamp}`;
}

test.each(Object.entries(PAGES))(
  "%s: every sample comes out again in every format",
  async (_, page) => {
    const registry = new Registry();
    registry.register(parse(page));
    const expected = samplesOf(page, "text/plain");
    for (const format of FORMATS.filter((each) => each !== "protobuf")) {
      const accept = acceptOf(format, "underscores");
      const { body, contentType } = await registry.expose({ accept });
      expect([format, samplesOf(body, contentType)]).toEqual([format, expected]);
    }
    const { body } = await registry.expose({ accept: acceptOf("protobuf", "underscores") });
    expect(protobufSamples(body)).toEqual(expected);
  },
);

interface Point {
  readonly label?: readonly { readonly name: string; readonly value: string }[];
  readonly timestampMs?: unknown;
  readonly [type: string]: unknown;
}

function protobufSamples(body: Uint8Array): string[] {
  const families = decodePage(body) as unknown as { name: string; metric?: Point[] }[];
  return families
    .flatMap(({ name, metric = [] }) => metric.flatMap((point) => pointSamples(name, point)))
    .sort();
}

function pointSamples(name: string, point: Point): string[] {
  const labels = Object.fromEntries((point.label ?? []).map(({ name, value }) => [name, value]));
  const time = point.timestampMs === undefined ? Number.NaN : Number(point.timestampMs) / 1000;
  const text = (suffix: string, value: unknown, own: Record<string, string> = {}) =>
    sampleText(name + suffix, { ...labels, ...own }, Number(value ?? 0), time);
  const histogram = point.histogram as Record<string, unknown> | undefined;
  if (histogram !== undefined) {
    const buckets = (histogram.bucket ?? []) as Record<string, unknown>[];
    return [
      ...buckets.map(({ cumulativeCount, upperBound }) =>
        text("_bucket", cumulativeCount, { le: `${upperBound}` }),
      ),
      text("_bucket", histogram.count, { le: "Infinity" }),
      text("_count", histogram.count),
      text("_sum", histogram.sum),
    ];
  }
  const summary = point.summary as Record<string, unknown> | undefined;
  if (summary !== undefined) {
    const quantiles = (summary.quantile ?? []) as Record<string, unknown>[];
    return [
      ...quantiles.map(({ quantile, value }) => text("", value, { quantile: `${quantile}` })),
      text("_count", summary.count),
      text("_sum", summary.sum),
    ];
  }
  const number = (point.counter ?? point.gauge ?? point.untyped) as { value?: number };
  return [text("", number.value)];
}
