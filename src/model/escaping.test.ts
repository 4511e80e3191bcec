import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { vectors } from "../../test/conformance/vectors.ts";
import {
  type EscapingScheme,
  escapeLabelName,
  escapeMetricName,
  escapeName,
  unescapeName,
} from "./escaping.ts";
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
      readonly expectedUnescapedDots?: string;
      readonly expectedValue?: string;
    }[];
  };
  readonly TestValueUnescapeErrors: {
    readonly scenarios: readonly {
      readonly name: string;
      readonly input?: string;
      readonly expected?: string;
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

// What the file has besides is about fingerprints, label sets, and how Go reads and writes the names
// of validation schemes: there is nothing of the kind here.
const found = vectors<Vectors>("name_escaping");

function rows<Name extends keyof Vectors>(name: Name): Vectors[Name]["scenarios"] {
  return found?.[name].scenarios ?? [];
}

describe.runIf(found)("as prometheus/common", () => {
  it.each(rows("TestEscapeName"))("escapes and unescapes: $name", (row) => {
    const { input = "", expectedUnderscores = "", expectedDots = "", expectedValue = "" } = row;
    expect(escapeName(input, "allow-utf-8")).toBe(input);
    expect(escapeName(input, "underscores")).toBe(expectedUnderscores);
    expect(unescapeName(expectedUnderscores, "underscores")).toBe(expectedUnderscores);
    expect(escapeName(input, "dots")).toBe(expectedDots);
    expect(unescapeName(expectedDots, "dots")).toBe(row.expectedUnescapedDots ?? "");
    expect(escapeName(input, "values")).toBe(expectedValue);
    expect(unescapeName(expectedValue, "values")).toBe(input);
  });

  it.each(rows("TestValueUnescapeErrors"))("unescapes or leaves alone: $name", (row) => {
    expect(unescapeName(row.input ?? "", "values")).toBe(row.expected ?? "");
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
      expect(escapeName(name, scheme)).toSatisfy(isLegacyMetricName);
      expect(escapeMetricName(name, scheme)).toSatisfy(isLegacyMetricName);
      expect(escapeLabelName(name, scheme)).toSatisfy(isLegacyLabelName);
    }),
  );
});

test("values can be undone, whatever the name, but for one that looks escaped already", () => {
  fc.assert(
    fc.property(names, (name) => {
      fc.pre(!name.startsWith("U__"));
      expect(unescapeName(escapeName(name, "values"), "values")).toBe(name);
      expect(unescapeName(escapeLabelName(name, "values"), "values")).toBe(name);
    }),
  );
});

test("the highest code point can be undone, too", () => {
  expect(escapeName("\u{10ffff}", "values")).toBe("U___10ffff_");
  expect(unescapeName("U___10ffff_", "values")).toBe("\u{10ffff}");
  expect(unescapeName("U___110000_", "values")).toBe("U___110000_");
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
  expect(escapeName("1.2", "underscores")).toBe("__2");
  expect(escapeName("1.2", "values")).toBe("U___31__2e_2");
});
