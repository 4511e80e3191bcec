import { expect, test } from "vitest";
import { allRows, pairwise } from "./pairwise.ts";

const FACTORS = { node: ["20", "22", "24"], form: ["cjs", "esm"], jest: ["29", "30"] } as const;

test("all rows are all combinations, but for the invalid ones", () => {
  const rows = allRows(FACTORS, ({ node, form }) => node !== "20" || form === "cjs");
  expect(rows).toHaveLength(3 * 2 * 2 - 2);
  expect(rows).toContainEqual({ node: "24", form: "esm", jest: "29" });
  expect(rows).not.toContainEqual({ node: "20", form: "esm", jest: "29" });
});

test("pairwise keeps every pair in fewer rows", () => {
  const rows = allRows(FACTORS, () => true);
  const chosen = pairwise(rows);
  expect(chosen.length).toBeLessThan(rows.length);
  for (const { node, form, jest } of rows) {
    expect(chosen).toContainEqual(expect.objectContaining({ node, form }));
    expect(chosen).toContainEqual(expect.objectContaining({ node, jest }));
    expect(chosen).toContainEqual(expect.objectContaining({ form, jest }));
  }
});
