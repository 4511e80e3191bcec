import { describe, expect, test } from "vitest";
import { vectors } from "../../../test/conformance/vectors.ts";
import { thrown } from "../../../test/thrown.ts";
import { parse } from "./parse.ts";
import type { ParsedFamily } from "./parsed-family.ts";

interface ParserCase {
  readonly name: string;
  readonly shouldParse: boolean;
  readonly text: string;
  readonly clientPythonFamilies?: readonly VectorFamily[];
}

interface VectorFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly unit: string;
  readonly samples: readonly VectorSample[];
}

interface VectorSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | string;
  readonly timestamp?: VectorTime;
  readonly exemplar?: Omit<VectorSample, "name">;
}

type VectorTime = number | { readonly sec: number; readonly nsec: number } | null;

const parserCases = vectors<{ cases: ParserCase[] }>("openmetrics_1_0_parser_cases")?.cases ?? [];

describe.skipIf(parserCases.length === 0)("OpenMetrics 1.0, cases of its test suite", () => {
  test.each(parserCases)("$name", ({ shouldParse, text, clientPythonFamilies }) => {
    const work = () => parse(text, { contentType: "application/openmetrics-text; version=1.0.0" });
    if (!shouldParse) {
      expect(thrown(work).code).toBe("NARTHEX_PAGE_INVALID");
      return;
    }
    expect(work().families.map(plain)).toEqual(clientPythonFamilies?.map(expected));
  });
});

interface Example {
  readonly line: number;
  readonly context: string;
  readonly text: string;
  readonly semanticallyInvalid: boolean;
}

/**
 * The specification calls this one interleaved, but all samples of a group do stand together in it:
 * refusing it would refuse every state set with two labels.
 */
const NOT_INTERLEAVED = "An incorrect example where MetricGroups are interleaved:";

const examples = vectors<{ examples: Example[] }>("openmetrics_2_0_examples")?.examples ?? [];

describe.skipIf(examples.length === 0)("OpenMetrics 2.0, examples of its specification", () => {
  test.each(examples)("line $line: $context", ({ context, text, semanticallyInvalid }) => {
    const work = () => parse(text, { contentType: "application/openmetrics-text; version=2.0.0" });
    if (semanticallyInvalid && context !== NOT_INTERLEAVED) {
      expect(thrown(work).code).toBe("NARTHEX_PAGE_INVALID");
      return;
    }
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(work().families.flatMap(({ samples }) => samples)).toHaveLength(lines.length);
  });
});

function plain({ name, help, type, unit = "", samples }: ParsedFamily) {
  return {
    name,
    help,
    type,
    unit,
    samples: samples.map(({ name, labels, value, timestamp, exemplars }) => ({
      name,
      labels: { ...labels },
      value,
      timestamp,
      exemplars: exemplars.map((exemplar) => ({ ...exemplar, labels: { ...exemplar.labels } })),
    })),
  };
}

function expected({ samples, ...family }: VectorFamily) {
  return {
    ...family,
    samples: samples.map(({ name, labels, value, timestamp, exemplar }) => ({
      name,
      labels,
      value: number(value),
      timestamp: seconds(timestamp),
      exemplars: exemplar === undefined ? [] : [exemplarOf(exemplar)],
    })),
  };
}

function exemplarOf({ labels, value, timestamp }: Omit<VectorSample, "name">) {
  return { labels, value: number(value), timestamp: seconds(timestamp) };
}

function number(value: number | string): number {
  return typeof value === "number" ? value : Number(value.replace("Inf", "Infinity"));
}

function seconds(time: VectorTime | undefined): number {
  if (time === null || time === undefined) return Number.NaN;
  if (typeof time === "number") return time;
  return Number(`${time.sec}.${String(time.nsec).padStart(9, "0")}`);
}
