import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { realServer } from "../../real-servers.ts";

const tools = await realServer("package-tools");
const node24 = join(tools ?? "", "node/node_modules/node-24/bin/node");

const successor = join(tools ?? "", "prometheus-io-client/node_modules/@prometheus-io/client");
const ours = { before: "narthex/prom-client", after: "narthex/prometheus-io-client" };

type Outcomes = Readonly<Record<string, string | number>>;

/** What a program gives where the first client asks, and the second one answers. */
async function outcomes(
  program: "cluster" | "threads",
  [asks, answers]: readonly [string, string],
  option = "",
  node: string = process.execPath,
): Promise<Outcomes> {
  const args = [join(import.meta.dirname, `${program}.mjs`), asks, answers, option];
  const { stdout } = await promisify(execFile)(node, args);
  return JSON.parse(stdout);
}

/** With the lines of pages in alphabetical order, which is another one with prom-client. */
function sorted(outcomes: Outcomes): Outcomes {
  const entries = Object.entries(outcomes);
  return Object.fromEntries(
    entries.map(([step, page]) => [step, `${page}`.split("\n").sort().join("\n")]),
  );
}

test("AggregatorRegistry has the pages and errors of prom-client's, also beside it in one cluster", async () => {
  const [real, alone, mixed] = await Promise.all([
    outcomes("cluster", ["prom-client", "prom-client"], "AggregatorRegistry"),
    outcomes("cluster", [ours.before, ours.before], "AggregatorRegistry"),
    outcomes("cluster", ["prom-client", ours.before], "AggregatorRegistry"),
  ]);
  expect(real).toMatchObject({
    "while both fail": "Error: it fails",
    "while one does not answer": "Error: Operation timed out.",
    "after both have ended": "",
  });
  expect(real["of two workers"]).toContain('gauge_average{a="both",b="x"} 15\n');
  expect(alone).toEqual(real);
  expect(mixed).toEqual(real);
});

describe.skipIf(!tools)("on a current Node", () => {
  test("ClusterRegistry has the pages and errors of @prometheus-io/client's, also beside it in one cluster", async () => {
    const [real, alone, mixed, before] = await Promise.all([
      outcomes("cluster", [successor, successor], "ClusterRegistry", node24),
      outcomes("cluster", [ours.after, ours.after], "ClusterRegistry"),
      outcomes("cluster", [ours.after, successor], "ClusterRegistry", node24),
      outcomes("cluster", [ours.before, ours.before], "ClusterRegistry"),
    ]);
    expect(real["of two workers"]).toContain('gauge_sum{a="both",b="x"} 1030\n');
    expect(real["after both have ended"]).toContain("counter_total 1\n");
    expect(alone).toEqual(real);
    expect(mixed).toEqual(real);
    expect(sorted(before)).toEqual(sorted(real));
  });

  test("WorkerRegistry has the pages and errors of @prometheus-io/client's, also beside it in one process", async () => {
    const [real, alone, mixed, before] = await Promise.all([
      outcomes("threads", [successor, successor], "", node24),
      outcomes("threads", [ours.after, ours.after], "may fail"),
      outcomes("threads", [successor, ours.after], "", node24),
      outcomes("threads", [ours.before, ours.before], "may fail"),
    ]);
    expect(real["of two workers"]).toContain('gauge_max{a="both",b="x"} 20\n');
    expect(real["after one has ended"]).toContain("counter_total 3\n");
    expect(alone).toMatchObject(real);
    expect(mixed).toEqual(real);
    expect(sorted(before)).toEqual(sorted(alone));
    // The real one's threads end where a collect fails, and it asks those that have ended for good.
    expect(alone["while the first one fails"]).toBe("Error: it fails");
    expect(alone["after it has recovered"]).toBe(alone["of two workers"]);
    expect(alone["the page after that"]).toContain("\ncounter_total 1\n");
  });
});
