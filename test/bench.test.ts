import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chart, THEMES } from "../bench/chart.mjs";
import { columnsOf } from "../bench/peers/bench.mjs";
import { narthex } from "../bench/peers/narthex.mjs";
import { keep } from "../bench/report.mjs";
import { checkSame } from "../bench/samples.mjs";
import { atMost, faster, halfOfPromClient, row, within } from "../bench/targets.mjs";
import { repository } from "../scripts/repository.mjs";
import { run } from "../scripts/run.mjs";
import { realServer } from "./real-servers.ts";

const tools = await realServer("package-tools");
const chromium = await realServer("chromium");

const PAGE = join(repository, "docs/benchmarks.md");

describe("npm run bench -- --quick", () => {
  it("finds the same numbers on all pages, measures everything, and writes nothing", async () => {
    const before = readFileSync(PAGE, "utf8");
    const stdout = await bench("--quick", "--node=this");
    expect(stdout).toMatch(/^The same numbers on \d\d pages of all peers\.$/m);
    const rows = stdout.split("\n").filter((line) => line.startsWith("| "));
    expect(rows).toHaveLength(chromium ? 53 : 52);
    for (const row of rows.slice(1)) expect(row).toMatch(/^\| \S[^|]+ \| -?[\d,.]+( [^|]+)? \|/);
    expect(readFileSync(PAGE, "utf8")).toBe(before);
  }, 180_000);

  it("refuses an option that it does not know", async () => {
    await expect(bench("--quik")).rejects.toThrow("Unknown option '--quik'");
  });

  it.each([
    ["--only=sizes", "--only=sizes is no part: there are updates, scrapes, "],
    ["--node=20", "--node=20 is none of both, newest and this"],
  ])("refuses %s, and says what there is", async (option, message) => {
    await expect(bench("--quick", "--node=this", option)).rejects.toThrow(message);
  });

  it.skipIf(!tools)(
    "measures the newest packages on the newest Node.js",
    async () => {
      const stdout = await bench("--quick", "--node=newest", "--only=size");
      const [head = ""] = stdout.split("\n").filter((line) => line.startsWith("| "));
      for (const peer of ["prom-client", "@prometheus-io/client", "OpenTelemetry"]) {
        expect(head).toContain(` ${peer} `);
      }
      expect(stdout).not.toContain("left out");
    },
    180_000,
  );

  async function bench(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, ["bench/main.mjs", ...args], {
      cwd: repository,
    });
    return stdout;
  }
});

describe("the chart", () => {
  const rows = [
    row("inc, held series", "ns", { narthex: 2, "prom-client": 200, other: 100 }, []),
    row("time to import", "ms", { narthex: 1, "prom-client": 2 }, []),
  ];
  const drawn = chart(rows, ["A machine."], THEMES.dark);

  it("says how many times as fast this package is, for the rows that it shows", () => {
    expect(drawn).toContain(">100x, 2 ns</text>");
    expect(drawn).not.toContain("import");
    expect(drawn).toContain(">A machine.</text>");
  });

  it("has a point for each peer, and an entry for each in its legend", () => {
    expect(drawn.match(/<path transform/g)).toHaveLength(2 * 3);
    for (const name of ["narthex", "prom-client", "other"]) expect(drawn).toContain(`>${name}<`);
  });
});

describe("the comparison of pages", () => {
  const page = 'a_total{x="1",y="2"} 3\na_bucket{le="1.0"} 4\n';

  it("takes labels in any order, and bounds in any spelling", () => {
    const other = '# TYPE a counter\na_total{y="2",x="1"} 3\na_bucket{le="1"} 4\n# EOF\n';
    expect(() => checkSame(page, other, "another")).not.toThrow();
  });

  it.each([
    ["another number", page.replace("} 3", "} 2"), "is 2, not 3"],
    ["a sample less", page.replace(/^a_total.*\n/, ""), "is undefined, not 3"],
    ["a sample more", `${page}b 1\n`, "is 1, not undefined"],
  ])("fails on %s", (_, other, message) => {
    const compare = () => checkSame(page, other, "another");
    expect(compare).toThrow(message);
  });

  it("fails where there is nothing to compare", () => {
    expect(() => checkSame("", "", "another")).toThrow("nothing to compare");
  });
});

describe("targets", () => {
  const values = { narthex: 2, "prom-client": 160 };
  const beside = { what: "a slot", value: 0.5 };

  it.each([
    [faster(80), true],
    [faster(81), false],
    [within(4, ""), true],
    [within(3.9, ""), false],
    [atMost(2, ""), true],
    [atMost(1.9, ""), false],
    [halfOfPromClient, true],
  ])("%#: are reached or not", (target, reached) => {
    expect(row("inc", "ns", values, [target], beside).targets).toEqual([
      { text: target.text, reached },
    ]);
  });

  it("is not reached where prom-client has nothing to compare with", () => {
    const { ratio, targets } = row("inc", "ns", { narthex: 2 }, [faster(1)]);
    expect([ratio, targets]).toEqual([null, [{ text: "1x faster", reached: false }]]);
  });
});

describe("the results", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "narthex-bench-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const results = {
    packages: [{ name: "narthex", version: "1.0.0" }],
    notes: ["another 2.0.0 is left out: it is too new."],
    columns: columnsOf([narthex]),
    rows: [row("inc", "ns", { narthex: 2.5 }, [atMost(2, "2 ns")])],
  };
  const files = () => ({
    json: pathToFileURL(join(folder, "results/latest.json")),
    page: pathToFileURL(join(folder, "page.md")),
  });
  const MARKS = ["<!-- written by npm run bench -->", "<!-- end of what npm run bench wrote -->"];

  it("replace what is between the marks, and leave the prose around them", async () => {
    writeFileSync(files().page, `Before.\n\n${MARKS[0]}\n\nold\n\n${MARKS[1]}\n\nAfter.\n`);
    await keep("npm run bench", results, files());
    await keep("npm run bench", results, files());
    const [before, written = "", after] = readFileSync(files().page, "utf8").split(/<!--.*?-->/);
    expect([before, after]).toEqual(["Before.\n\n", "\n\nAfter.\n"]);
    expect(written.split("\n")).toEqual([
      "",
      "",
      expect.stringMatching(/^\d{4}-\d\d-\d\d, .*, Node\.js [\d.]+: narthex 1\.0\.0\.$/),
      "",
      "another 2.0.0 is left out: it is too new.",
      "",
      "|     | narthex | ratio to prom-client | beside | target | reached |",
      "|-----|---------|----------------------|--------|--------|---------|",
      "| inc | 2.50 ns |                      |        | 2 ns   | **no**  |",
      "",
      "",
    ]);
    expect(JSON.parse(readFileSync(files().json, "utf8"))).toMatchObject({
      packages: [{ name: "narthex" }],
      rows: [
        { values: { narthex: 2.5 }, ratio: null, targets: [{ text: "2 ns", reached: false }] },
      ],
    });
  });

  it("are not written to a page without marks", async () => {
    writeFileSync(files().page, "Prose.\n");
    await expect(keep("npm run bench", results, files())).rejects.toThrow("needs the lines");
    expect(readFileSync(files().page, "utf8")).toBe("Prose.\n");
  });
});
