import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Row } from "../bench/row.mjs";
import { checkSame } from "../bench/same-numbers.mjs";
import { samplesOf } from "../bench/samples.mjs";
import { atMost, faster, within } from "../bench/targets.mjs";
import { writeResults } from "../bench/write-results.mjs";
import { run } from "../scripts/run.mjs";
import { repository } from "../scripts/set-up.mjs";

const PAGE = join(repository, "docs/benchmarks.md");

describe("npm run bench -- --quick", () => {
  it("finds the same numbers on all pages, measures everything, and writes nothing", async () => {
    const before = readFileSync(PAGE, "utf8");
    const { stdout } = await run(process.execPath, ["bench/main.mjs", "--quick"], {
      cwd: repository,
    });
    expect(stdout).toMatch(/^The same numbers on \d\d pages of all peers\.$/m);
    const rows = stdout.split("\n").filter((line) => line.startsWith("| "));
    expect(rows).toHaveLength(28);
    for (const row of rows.slice(1)) expect(row).toMatch(/^\| \S[^|]+ \| -?[\d,.]+( [^|]+)? \|/);
    expect(readFileSync(PAGE, "utf8")).toBe(before);
  }, 180_000);

  it("refuses an option that it does not know", async () => {
    const bench = run(process.execPath, ["bench/main.mjs", "--quik"], { cwd: repository });
    await expect(bench).rejects.toThrow("--quik is not an option: there is only --quick.");
  });
});

describe("the comparison of pages", () => {
  const page = 'a_total{x="1",y="2"} 3\na_bucket{le="1.0"} 4\n';

  it("takes labels in any order, and bounds in any spelling", () => {
    const other = '# TYPE a counter\na_total{y="2",x="1"} 3\na_bucket{le="1"} 4\n# EOF\n';
    expect(() => checkSame(samplesOf(page), samplesOf(other), "another")).not.toThrow();
  });

  it.each([
    ["another number", page.replace("} 3", "} 2"), "is 2, not 3"],
    ["a sample less", page.replace(/^a_total.*\n/, ""), "is undefined, not 3"],
    ["a sample more", `${page}b 1\n`, "is 1, not undefined"],
  ])("fails on %s", (_, other, message) => {
    const compare = () => checkSame(samplesOf(page), samplesOf(other), "another");
    expect(compare).toThrow(message);
  });

  it("fails where there is nothing to compare", () => {
    expect(() => checkSame(samplesOf(""), samplesOf(""), "another")).toThrow("nothing to compare");
  });
});

describe("targets", () => {
  const row: Row = {
    what: "inc",
    unit: "ns",
    values: { narthex: 2, "prom-client": 160 },
    beside: { what: "a slot", value: 0.5 },
    targets: [],
  };

  it.each([
    [faster(80), true],
    [faster(81), false],
    [within(4, ""), true],
    [within(3.9, ""), false],
    [atMost(2, ""), true],
    [atMost(1.9, ""), false],
  ])("%#: are reached or not", ({ isReached }, reached) => {
    expect(isReached(row)).toBe(reached);
  });

  it("is not reached where prom-client has nothing to compare with", () => {
    expect(faster(1).isReached({ ...row, values: { narthex: 2 } })).toBe(false);
  });
});

describe("writeResults", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "narthex-bench-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const result = {
    date: "2026-01-02",
    machine: "2 cores",
    node: "20.0.0",
    peers: [{ name: "narthex", version: "1.0.0" }],
    leftOut: [{ name: "another", version: "2.0.0", why: "it is too new" }],
    rows: [
      { what: "inc", unit: "ns" as const, values: { narthex: 2.5 }, targets: [atMost(2, "2 ns")] },
    ],
  };
  const files = () => ({
    json: pathToFileURL(join(folder, "results/latest.json")),
    page: pathToFileURL(join(folder, "page.md")),
  });
  const MARKS = ["<!-- written by npm run bench -->", "<!-- end of what npm run bench wrote -->"];

  it("replaces what is between the marks, and keeps the prose around them", async () => {
    writeFileSync(files().page, `Before.\n\n${MARKS[0]}\n\nold\n\n${MARKS[1]}\n\nAfter.\n`);
    await writeResults(result, files());
    await writeResults(result, files());
    const page = readFileSync(files().page, "utf8");
    expect(page.startsWith(`Before.\n\n${MARKS[0]}\n\n2026-01-02, 2 cores, Node.js 20.0.0`)).toBe(
      true,
    );
    expect(page).toMatch(/\n\| inc +\| 2\.50 ns +\|.*\| \*\*no\*\* +\|\n/);
    expect(page.endsWith(`|\n\n${MARKS[1]}\n\nAfter.\n`)).toBe(true);
    expect(page).toContain("\n\nanother 2.0.0 is left out: it is too new.\n\n");
    expect(page).not.toContain("old");
    expect(JSON.parse(readFileSync(files().json, "utf8"))).toMatchObject({
      rows: [
        { values: { narthex: 2.5 }, ratio: null, targets: [{ text: "2 ns", reached: false }] },
      ],
    });
  });

  it("fails on a page without marks, and leaves it alone", async () => {
    writeFileSync(files().page, "Prose.\n");
    await expect(writeResults(result, files())).rejects.toThrow("needs the lines");
    expect(readFileSync(files().page, "utf8")).toBe("Prose.\n");
  });
});
