import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyFamilies } from "../../../test/any-families.ts";
import {
  play,
  type RecordedCounter,
  type RecordedFamily,
  type RecordedHistogram,
  type RecordedSeries,
  type RecordedStateSet,
  record,
} from "../../../test/recording.ts";
import type { MetricSource } from "../../model/sample-sink.ts";
import { OpenMetrics1Sink } from "../lines/openmetrics-1.ts";
import { OpenMetrics2Sink } from "../lines/openmetrics-2.ts";
import { TextSink } from "../lines/text.ts";
import type { PageSink } from "../render.ts";
import { parse } from "./parse.ts";

interface Format {
  readonly name: string;
  readonly contentType: string;
  readonly newPage: () => PageSink;
  /** The family as far as the format can tell it. */
  readonly kept: (family: RecordedFamily) => RecordedFamily;
}

const formats: readonly Format[] = [
  {
    name: "text",
    contentType: "text/plain; version=1.0.0",
    newPage: () => new TextSink({ escaping: "allow-utf-8" }),
    kept: keptByText,
  },
  {
    name: "OpenMetrics 1.0",
    contentType: "application/openmetrics-text; version=1.0.0",
    newPage: () => new OpenMetrics1Sink({ escaping: "allow-utf-8", createdSamples: true }),
    kept: keptByOpenMetrics1,
  },
  {
    name: "OpenMetrics 2.0",
    contentType: "application/openmetrics-text; version=2.0.0",
    newPage: () => new OpenMetrics2Sink({ escaping: "allow-utf-8" }),
    kept: (family) => family,
  },
];

describe.each(formats)("a page of $name", (first) => {
  test("is parsed to what was exposed", () => {
    fc.assert(
      fc.property(anyFamilies(), (families) => {
        const page = exposedAndParsed(play(families), first);
        expect(sorted(record(page))).toEqual(sorted(families.map(first.kept)));
      }),
    );
  });

  test.each(formats)("can be exposed again as $name", (second) => {
    fc.assert(
      fc.property(anyFamilies(), (families) => {
        const page = exposedAndParsed(play(families), first);
        const again = exposedAndParsed(page, second);
        expect(sorted(record(again))).toEqual(sorted(record(page).map(second.kept)));
      }),
    );
  });
});

function exposedAndParsed(source: MetricSource, { newPage, contentType }: Format): MetricSource {
  const page = newPage();
  for (const _ of source.visit(page) ?? []);
  return parse(page.finish(), { contentType });
}

/** The order of labels means nothing. */
function sorted(families: readonly RecordedFamily[]): RecordedFamily[] {
  return families.map((family) => ({
    ...family,
    series: family.series.map((series) => ({
      ...series,
      labels: [...series.labels].sort(([a], [b]) => (a < b ? -1 : 1)),
    })),
  }));
}

function keptByText(family: RecordedFamily): RecordedFamily {
  const { name, help, type, bare } = family;
  const series = family.series.map((each) => ({
    ...each,
    created: Number.NaN,
    value: withoutExtras(family, each.value),
  }));
  switch (type) {
    case "info":
      return { name: `${name}_info`, help, type: "gauge", series };
    case "gaugehistogram":
      return { name, help, type: "histogram", series };
    case "stateset":
      return { name, help, type: "gauge", series: series.flatMap((each) => states(name, each)) };
    default:
      return { name, help, type, ...(bare && { bare }), series };
  }
}

function states(name: string, series: RecordedSeries): RecordedSeries[] {
  return (series.value as RecordedStateSet).map(([state, isSet]) => ({
    ...series,
    labels: [...series.labels, [name, state]],
    value: isSet ? 1 : 0,
  }));
}

function withoutExtras({ type }: RecordedFamily, value: unknown): unknown {
  if (type === "counter") return { ...(value as RecordedCounter), exemplar: undefined };
  if (type !== "histogram" && type !== "gaugehistogram") return value;
  const { buckets, ...histogram } = value as RecordedHistogram;
  return {
    ...histogram,
    native: undefined,
    buckets: buckets.map(([bound, count]) => [bound, count, undefined]),
  };
}

function keptByOpenMetrics1(family: RecordedFamily): RecordedFamily {
  const { bare, ...rest } = family;
  if (bare) {
    const series = rest.series.map((each) => ({
      ...each,
      value: (each.value as RecordedCounter).value,
    }));
    return { ...rest, type: "unknown", series };
  }
  if (family.type !== "histogram" && family.type !== "gaugehistogram") return family;
  const series = rest.series.map((each) => ({
    ...each,
    value: { ...(each.value as RecordedHistogram), native: undefined },
  }));
  return { ...rest, series };
}
