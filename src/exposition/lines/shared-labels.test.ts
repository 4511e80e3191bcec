import { expect, test } from "vitest";
import type { SeriesRun } from "../../model/series-run.ts";
import { TextBytes } from "../bytes/growing-bytes.ts";
import { SharedLabels } from "./shared-labels.ts";

/** A run whose series have these values of two labels. */
const runOf = (values: (slot: number, label: number) => string): SeriesRun => ({
  table: { slotCount: 0, size: 0, newest: 0, restarts: 0, generation: () => 1 },
  labelNames: ["a", "b"],
  labelValue: values,
  createdAt: () => 0,
  from: 0,
  to: 0,
  chunk: new Float64Array(),
  at: 0,
  stride: 1,
  firstExemplar: 0,
});

test.each<[string, (slot: number, label: number) => string]>([
  ["are shared", (slot, label) => `${(slot + label) % 7}`],
  ["are equal in both labels", (slot) => `${slot % 3}`],
  ["all differ", (slot, label) => `${label} ${slot}`],
  ["all differ in one label", (slot, label) => (label === 0 ? `${slot}` : "x")],
  ["differ in one label after a while", (slot, label) => `${label === 0 ? slot % 5 : slot >> 3}`],
  ["need escapes", (slot) => `"é\\${slot % 3}\n`],
  ["are empty", () => ""],
])("labels are what they are when each is written by itself, where values %s", (_, values) => {
  const out = new TextBytes();
  const labels = new SharedLabels(['a="', ',b="']);
  const long = (slot: number, label: number) => `${values(slot, label)}${"x".repeat(30)}`;
  const expected: string[] = [];
  // More than is kept, where values differ.
  for (let slot = 0; slot < 8000; slot += 1) {
    labels.write(out, runOf(long), slot);
    const [a, b] = [0, 1].map((label) => JSON.stringify(long(slot, label)));
    expected.push(`a=${a},b=${b}} `);
  }
  expect(Buffer.from(out.finish()).toString()).toBe(expected.join(""));
});

test("series without labels have nothing", () => {
  const out = new TextBytes();
  const labels = new SharedLabels([]);
  labels.write(out, { ...runOf(() => ""), labelNames: [] }, 0);
  expect(out.length).toBe(0);
});
