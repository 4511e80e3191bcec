import { expect, test } from "vitest";
import { TextBytes } from "../bytes/growing-bytes.ts";
import { SharedLabels } from "./shared-labels.ts";

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
    labels.write(out, { labelValue: long }, slot);
    const [a, b] = [0, 1].map((label) => JSON.stringify(long(slot, label)));
    expected.push(`a=${a},b=${b}} `);
  }
  expect(Buffer.from(out.finish()).toString()).toBe(expected.join(""));
});

test("series without labels have nothing", () => {
  const out = new TextBytes();
  const labels = new SharedLabels([]);
  labels.write(out, { labelValue: () => "" }, 0);
  expect(out.length).toBe(0);
});
