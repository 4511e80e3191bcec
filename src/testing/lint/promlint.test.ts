import { describe, expect, test } from "vitest";
import { vectors } from "../../../test/conformance/vectors.ts";
import { lint } from "../lint.ts";

interface Problem {
  readonly Metric: string;
  readonly Text: string;
}

interface Case {
  readonly name: string;
  readonly in: string;
  readonly problems?: readonly Problem[] | null;
}

/** A row whose page and main finding the Go test makes of a name: see `generated`. */
interface Call {
  readonly $call: "genTest";
  readonly args: readonly [string, ...unknown[]];
}

type Group = { readonly tests: readonly (Case | Call)[] };

interface Vectors extends Record<string, Group | object> {
  readonly TestCustomValidations: { readonly prob: readonly Problem[]; readonly cv: Case };
}

const { TestCustomValidations: custom, ...groups } = vectors<Vectors>("promlint") ?? {};

describe.skipIf(custom === undefined).each(Object.entries(groups))(
  "promlint's %s",
  (group, rows) => {
    const cases = (rows as Group).tests.map((row) =>
      "$call" in row ? generated(group, row) : row,
    );

    test.each(cases)("$name", async ({ in: page, problems }) => {
      expect(await problemsOf(page)).toEqual(plain(problems));
    });
  },
);

test.skipIf(custom === undefined)("promlint's TestCustomValidations", async () => {
  const { prob, cv } = custom!;
  expect(await problemsOf(cv.in)).toEqual([]);
  const prefix = {
    name: "prefix",
    *check({ name }: { name: string }) {
      if (!name.startsWith("memcached_")) {
        yield "expected metric name to start with 'memcached_'";
      }
    },
  };
  expect(await lint(cv.in, { rules: [prefix] })).toEqual([
    { metric: prob[0]!.Metric, rule: "prefix", text: prob[0]!.Text },
  ]);
});

async function problemsOf(page: string): Promise<Problem[]> {
  return (await lint(page)).map(({ metric, text }) => ({ Metric: metric, Text: text }));
}

function plain(problems: readonly Problem[] | null | undefined): Problem[] {
  return (problems ?? []).map(({ Metric, Text }) => ({ Metric, Text }));
}

/** The rows of two groups give a name, its type, and findings beside the one of their group. */
function generated(group: string, { args }: Call): Case {
  const [name, type = "gauge", inName, ...others] = args as [string, string, string, ...Problem[]];
  const main =
    group === "TestLintMetricTypeInName"
      ? `metric name should not include type '${inName}'`
      : "metric names should not contain abbreviated units";
  return {
    name,
    in: `\n# HELP ${name} Test metric.\n# TYPE ${name} ${type}\n${name} 10\n`,
    problems: [...others, { Metric: name, Text: main }],
  };
}
