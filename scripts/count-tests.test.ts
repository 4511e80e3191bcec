import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { countTests } from "./count-tests.mjs";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "narthex-count-tests-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("counts tests, and a file that fails outside of its tests as a failed one", () => {
  const file = join(folder, "report.json");
  const report = {
    numPassedTests: 7,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      { status: "passed", assertionResults: [{ status: "passed" }] },
      { status: "failed", assertionResults: [{ status: "passed" }, { status: "failed" }] },
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: [{ status: "passed" }] },
    ],
  };
  writeFileSync(file, JSON.stringify(report));
  expect(countTests(file)).toEqual({ passed: 7, failed: 3, skipped: 3 });
});

it("counts nothing where vitest has written no report", () => {
  expect(countTests(join(folder, "none.json"))).toEqual({ passed: 0, failed: 0, skipped: 0 });
});
