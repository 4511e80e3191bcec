import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { vectors } from "../../test/conformance/vectors.ts";
import { type EscapingScheme, escapeLabelName, escapeMetricName } from "./escaping.ts";
import { isLegacyLabelName, isLegacyMetricName } from "./names.ts";

const SCHEMES: readonly EscapingScheme[] = ["allow-utf-8", "underscores", "dots", "values"];

interface Metric {
  readonly Label: readonly { readonly Name: string; readonly Value: string }[];
}

interface MetricFamily {
  readonly Name?: string;
  readonly Metric?: readonly Metric[];
}

interface Vectors {
  readonly TestEscapeName: {
    readonly scenarios: readonly {
      readonly name: string;
      readonly input?: string;
      readonly expectedUnderscores?: string;
      readonly expectedDots?: string;
      readonly expectedValue?: string;
    }[];
  };
  readonly TestEscapeMetricFamily: {
    readonly scenarios: readonly {
      readonly name: string;
      readonly input: MetricFamily;
      readonly scheme: { readonly $ident: string };
      readonly expected: MetricFamily;
    }[];
  };
  readonly TestValidationScheme_IsMetricNameValid: {
    readonly scenarios: readonly { readonly mn: unknown; readonly legacyValid: boolean }[];
  };
}

/** The Go library's names for the schemes of these rows. */
const GO_SCHEMES: Readonly<Record<string, EscapingScheme>> = {
  ValueEncodingEscaping: "values",
  DotsEscaping: "dots",
};

// The rest of the file is about fingerprints, label sets, unescaping, and how Go reads and writes the
// names of validation schemes: we have nothing of the kind.
const found = vectors<Vectors>("name_escaping");

function rows<Name extends keyof Vectors>(name: Name): Vectors[Name]["scenarios"] {
  return found?.[name].scenarios ?? [];
}

describe.runIf(found)("as prometheus/common", () => {
  it.each(rows("TestEscapeName"))("escapes: $name", (row) => {
    const { input = "", expectedUnderscores = "", expectedDots = "", expectedValue = "" } = row;
    expect(escapeMetricName(input, "allow-utf-8")).toBe(input);
    expect(escapeMetricName(input, "underscores")).toBe(expectedUnderscores);
    // Go doubles the underscores of legacy names, too, but leaves such names of families alone.
    const dots = isLegacyMetricName(input) ? input : expectedDots;
    expect(escapeMetricName(input, "dots")).toBe(dots);
    expect(escapeMetricName(input, "values")).toBe(expectedValue);
  });

  it.each(rows("TestEscapeMetricFamily"))("escapes a family: $name", (row) => {
    const scheme = GO_SCHEMES[row.scheme.$ident] as EscapingScheme;
    const { Name, Metric = [] } = row.input;
    expect(Name && escapeMetricName(Name, scheme)).toBe(row.expected.Name);
    const labels = Metric.map(({ Label }) =>
      Label.map((label) =>
        label.Name === "__name__"
          ? { ...label, Value: escapeMetricName(label.Value, scheme) }
          : { ...label, Name: escapeLabelName(label.Name, scheme) },
      ),
    );
    expect(labels).toEqual((row.expected.Metric ?? []).map(({ Label }) => Label));
  });

  it.each(
    rows("TestValidationScheme_IsMetricNameValid").filter(({ mn }) => typeof mn === "string"),
  )("knows whether $mn is a name of the old form", ({ mn, legacyValid }) => {
    expect(isLegacyMetricName(mn as string)).toBe(legacyValid);
  });
});

const names = fc.string({ unit: "binary", minLength: 1 });

test("under every scheme but allow-utf-8 a name comes out in the old form", () => {
  fc.assert(
    fc.property(names, fc.constantFrom(...SCHEMES.slice(1)), (name, scheme) => {
      expect(escapeMetricName(name, scheme)).toSatisfy(isLegacyMetricName);
      expect(escapeLabelName(name, scheme)).toSatisfy(isLegacyLabelName);
    }),
  );
});

function unescapeValues(name: string): string {
  if (!name.startsWith("U__")) return name;
  return name
    .slice("U__".length)
    .replaceAll(/__|_([0-9a-f]+)_/g, (_, digits?: string) =>
      digits === undefined ? "_" : String.fromCodePoint(Number.parseInt(digits, 16)),
    );
}

test("under values a name can be read back, unless it starts as if it were escaped already", () => {
  fc.assert(
    fc.property(names, (name) => {
      fc.pre(!name.startsWith("U__"));
      expect(unescapeValues(escapeMetricName(name, "values"))).toBe(name);
      expect(unescapeValues(escapeLabelName(name, "values"))).toBe(name);
    }),
  );
});

test("under values the highest code point is written in full", () => {
  expect(escapeMetricName("\u{10ffff}", "values")).toBe("U___10ffff_");
});

test("names of the old form stay as they are on a page, under every scheme", () => {
  for (const scheme of SCHEMES) {
    expect(escapeMetricName("a_b:c", scheme)).toBe("a_b:c");
    expect(escapeLabelName("a_b", scheme)).toBe("a_b");
  }
});

test("a label name loses its colons, which old servers take in metric names only", () => {
  expect(escapeLabelName("a:b", "underscores")).toBe("a_b");
  expect(escapeLabelName("a:b", "dots")).toBe("a__b");
  expect(escapeLabelName("a:b", "values")).toBe("U__a_3a_b");
  expect(escapeLabelName("a:b", "allow-utf-8")).toBe("a:b");
});

test("a leading digit is replaced, a later one stays", () => {
  expect(escapeMetricName("1.2", "underscores")).toBe("__2");
  expect(escapeMetricName("1.2", "values")).toBe("U___31__2e_2");
});
