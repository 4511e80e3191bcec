import { describe, expect, test } from "vitest";
import { OpenMetrics2Sink } from "../../src/exposition/lines/openmetrics-2.ts";
import { parse } from "../../src/exposition/parse/parse.ts";
import { type RecordedFamily, record } from "../recording.ts";
import { vectors } from "./vectors.ts";

const CONTENT_TYPE = "application/openmetrics-text; version=2.0.0";

interface Example {
  readonly line: number;
  readonly context: string;
  readonly text: string;
  readonly semanticallyInvalid: boolean;
}

/**
 * This example orders the samples of a state set by state, then by time. A source gives them by time,
 * and a sink writes them in that order.
 */
const NOT_OURS =
  "A correct example where there are multiple MetricGroups within a MetricFamily, and multiple Metrics within each MetricGroup, and multiple Samples within each Metric:";

const examples = vectors<{ examples: Example[] }>("openmetrics_2_0_examples")?.examples ?? [];
const valid = examples.filter(
  ({ semanticallyInvalid, context }) => !semanticallyInvalid && context !== NOT_OURS,
);

describe.skipIf(valid.length === 0)("OpenMetrics 2.0, examples of its specification", () => {
  test.each(valid)("line $line is exposed as what it is: $context", async ({ text }) => {
    const page = parse(text, { contentType: CONTENT_TYPE });
    const sink = new OpenMetrics2Sink({ escaping: "allow-utf-8", capacity: 0 });
    for (const _ of page.visit(sink));
    const again = parse(sink.finish(), { contentType: CONTENT_TYPE });
    expect(record(again)).toEqual(record(page));
    expect(again.families.map(metadata)).toEqual(page.families.map(metadata));
  });
});

function metadata({ name, help, type, unit }: Omit<RecordedFamily, "series">) {
  return { name, help, type, unit };
}
