import { describe, expect, test } from "vitest";
import { FORMATS, type FormatName } from "../../src/exposition/formats.ts";
import { Registry } from "../../src/index.ts";
import { play } from "../recording.ts";
import { fromGo, type GoFamily } from "./go-families.ts";
import { vectors } from "./vectors.ts";

interface Scenario {
  readonly name?: string;
  readonly in: GoFamily;
  readonly options?: readonly { readonly $call: string }[];
  readonly out: string;
}

interface ErrorScenario {
  readonly name?: string;
  readonly in: GoFamily;
  readonly err?: string;
  readonly expectedErr?: string;
}

interface Row<S> {
  /** Unique among all tables. */
  readonly row: string;
  readonly format: FormatName;
  readonly scenario: S;
}

/** Vectors whose output in Go differs from the specification; we expect what the specification says. */
const OTHERWISE: Readonly<Record<string, { why: string; edit: (out: string) => string }>> = {
  "OpenMetrics 1.0, 14: foos_total": {
    why: "an exemplar without labels is valid, and Go leaves it out",
    edit: (out) => out.replace("foos_total 42.0", "$& # {} 1 12345.6"),
  },
  "OpenMetrics 1.0, 17: some_measure_total": {
    why: "a unit that the name does not end in is invalid",
    edit: (out) => out.replace("# UNIT some_measure seconds\n", ""),
  },
  "OpenMetrics 1.0, 18: name": {
    why: "a gauge histogram has a _gsum and a _gcount",
    edit: (out) => out.replace("name_sum", "name_gsum").replace("name_count", "name_gcount"),
  },
};

const NO_VALUE = "a source calls a sink with a value, which the compiler sees to";
const NO_NULL = "a source calls a sink with a head, which the compiler sees to";
const NO_NANOS = "a time is a number of seconds, which any number is";
const IMPLEMENTED = "these sinks do write what Go's does not yet";
const AS_IT_IS =
  "an instrument's counter never gets there; a parsed page's is shown for what it is";

/** Errors of Go's writers that can't occur here, with the reason. */
const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  "text 0.0.4, 1: MetricFamily has no metrics": "a family without series is written as its header",
  "text 0.0.4, 3: expected counter in metric": NO_VALUE,
  "OpenMetrics 1.0, 2: expected counter in metric": NO_VALUE,
  "OpenMetrics 1.0, 3: OpenMetrics v1.0 does not support float histogram name histogram":
    "the specification has no whole numbers, only numbers",
  "OpenMetrics 2.0, UnknownType": "the compiler knows the types",
  "OpenMetrics 2.0, MissingCounter": NO_VALUE,
  "OpenMetrics 2.0, MissingGauge": NO_VALUE,
  "OpenMetrics 2.0, MissingUntyped": NO_VALUE,
  "OpenMetrics 2.0, MissingSummary": NO_VALUE,
  "OpenMetrics 2.0, MissingHistogram": NO_VALUE,
  "OpenMetrics 2.0, SummaryNotImplemented": IMPLEMENTED,
  "OpenMetrics 2.0, HistogramNotImplemented": IMPLEMENTED,
  "OpenMetrics 2.0, GaugeHistogramNotImplemented": IMPLEMENTED,
  "OpenMetrics 2.0, CounterValueNaN": AS_IT_IS,
  "OpenMetrics 2.0, CounterValueNegative": AS_IT_IS,
  "OpenMetrics 2.0, NewlineInMetricName": "a newline in a name is written as an escape",
  "OpenMetrics 2.0, NilMetric": NO_NULL,
  "OpenMetrics 2.0, NilLabelPair": NO_NULL,
  "OpenMetrics 2.0, CounterInvalidCreatedTimestamp": NO_NANOS,
  "OpenMetrics 2.0, ExemplarInvalidTimestamp": NO_NANOS,
};

// We skip two tests of the file for 2.0: `TestWriteOpenMetrics20Timestamp_SpecialValues` calls an
// internal function of Go's writer, and `TestCreateOpenMetrics20_SimpleWriter` tests a type of stream.
const text = vectors<{
  TestCreate: { scenarios: Scenario[] };
  TestCreateError: { scenarios: ErrorScenario[] };
}>("text_0_0_4_create");
const openMetrics1 = vectors<{
  TestCreateOpenMetrics: { scenarios: Scenario[] };
  TestOpenMetricsCreateError: { scenarios: ErrorScenario[] };
}>("openmetrics_1_0_create");
const openMetrics2 = vectors<{
  TestCreateOpenMetrics20: { scenarios: Scenario[] };
  TestCreateOpenMetrics20_Errors: { tests: ErrorScenario[] };
}>("openmetrics_2_0_create");

const pages = [
  ...rows("text 0.0.4", "text-0.0.4", text?.TestCreate.scenarios),
  ...rows("OpenMetrics 1.0", "openmetrics-1.0", openMetrics1?.TestCreateOpenMetrics.scenarios),
  ...rows("OpenMetrics 2.0", "openmetrics-2.0", openMetrics2?.TestCreateOpenMetrics20.scenarios),
];

const errors = [
  ...rows("text 0.0.4", "text-0.0.4", text?.TestCreateError.scenarios),
  ...rows("OpenMetrics 1.0", "openmetrics-1.0", openMetrics1?.TestOpenMetricsCreateError.scenarios),
  ...rows("OpenMetrics 2.0", "openmetrics-2.0", openMetrics2?.TestCreateOpenMetrics20_Errors.tests),
];

describe.skipIf(pages.length === 0)("families become the pages that Go writes", () => {
  test.each(pages)("$row", async ({ row, format, scenario }) => {
    const createdSamples = scenario.options?.some(({ $call }) => $call === "WithCreatedLines");
    const page = await FORMATS[format].open({
      escaping: "allow-utf-8",
      capacity: 0,
      createdSamples: createdSamples ?? false,
    });
    play([fromGo(scenario.in)]).visit(page);
    const end = format === "text-0.0.4" ? "" : "# EOF\n";
    const wanted = (OTHERWISE[row]?.edit(scenario.out) ?? scenario.out) + end;
    expect(normalised(new TextDecoder().decode(page.finish()))).toBe(normalised(wanted));
  });

  test("every listed deviation is one of these pages, and does differ", () => {
    for (const [row, { edit }] of Object.entries(OTHERWISE)) {
      const out = pages.find((page) => page.row === row)?.scenario.out;
      expect(out, row).toBeDefined();
      expect(edit(out!), row).not.toBe(out);
    }
  });
});

describe.skipIf(errors.length === 0)("families that Go refuses are left off the page", () => {
  const applicable = errors.filter(({ row }) => !(row in NOT_APPLICABLE));

  test.each(applicable)("$row", async ({ scenario }) => {
    const registry = new Registry();
    registry.gauge({ name: "healthy", help: "" });
    registry.register(play([fromGo(scenario.in)]));
    expect(await registry.text()).toBe("# TYPE healthy gauge\nhealthy 0\n");
    expect(await registry.text()).toContain("narthex_collect_errors_total{");
  });

  test("every error listed as not applicable is one of these", () => {
    const listed = errors.filter(({ row }) => row in NOT_APPLICABLE);
    expect(listed.map(({ row }) => row)).toEqual(Object.keys(NOT_APPLICABLE));
  });
});

function rows<S extends Scenario | ErrorScenario>(
  title: string,
  format: FormatName,
  scenarios: readonly S[] = [],
): Row<S>[] {
  return scenarios.map((scenario, i) => {
    const { name, in: family } = scenario;
    const number = `${i + 1}: ${"err" in scenario ? scenario.err : family.Name}`;
    return { row: `${title}, ${name ?? number}`, format, scenario };
  });
}

/** The page with all numbers, including `le` and `quantile`, as JavaScript prints them. */
function normalised(page: string): string {
  return page.replace(/^[^#].*$/gm, (line) =>
    line.replace(
      /((?:le|quantile)=")([^"]*)(?=")|("(?:[^"\\]|\\.)*")|(?<=[ @])[-+]?[0-9][-+.e0-9]*/g,
      (found, label?: string, bound?: string, quoted?: string) => {
        if (quoted !== undefined) return found;
        if (label === undefined) return spelling(found);
        return label + (bound === "+Inf" ? bound : spelling(bound!));
      },
    ),
  );
}

function spelling(number: string): string {
  return String(Number(number));
}
