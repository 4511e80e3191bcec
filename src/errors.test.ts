import { describe, expect, test } from "vitest";
import { thrown } from "../test/thrown.ts";
import { Registry } from "./index.ts";

describe("two definitions of a metric", () => {
  const registry = new Registry();
  registry.histogram({ name: "m_seconds", help: "One.", labels: ["a"] });

  test.each([
    [{ help: "One.", labels: ["b"] }, 'labels: registered with ["a"], now ["b"]'],
    [
      { help: "Two.", labels: ["a"], unit: "seconds", limit: Number.POSITIVE_INFINITY },
      'help: registered with "One.", now "Two."; limit: registered with 10000, now Infinity; unit: registered with none, now "seconds"',
    ],
  ])("differ in the options that the message names: %#", (options, difference) => {
    const again = thrown(() => registry.histogram({ name: "m_seconds", ...options }));
    expect(again.message).toBe(
      `Metric "m_seconds" is already registered with another definition: ${difference}. Use the same definition to share it, or another name.`,
    );
  });

  test("of two types differ in their type, whatever options these have", () => {
    const again = thrown(() => registry.gauge({ name: "m_seconds", help: "Two." }));
    expect(again.message).toContain(
      'definition: type: registered with "histogram", now "gauge". Use',
    );
  });
});

class Inherited {
  c = "1";
  get plan() {
    return "free";
  }
}

test.each([
  [{ plan: "a", statsu: "1" }, '"plan", "statsu": did you mean status?'],
  [{ plan: "a" }, '"plan": add "status".'],
  [{}, 'none: add "plan", "status".'],
  [undefined, 'none: add "plan", "status".'],
  [{ plan: "a", status: "1", zone: "z" }, '"plan", "status", "zone": leave out "zone".'],
  [{ plan: "a", zone: "z" }, '"plan", "zone": add "status", leave out "zone".'],
  [new Inherited(), '"c": add "status", leave out "c".'],
  [null, "null: pass an object with exactly those labels."],
  ["free", '"free": pass an object with exactly those labels.'],
])("a message about the labels %j says what to change", (labels, end) => {
  const counter = new Registry({ strict: true }).counter({
    name: "orders",
    help: "",
    labels: ["plan", "status"],
  });
  expect(thrown(() => counter.labels(labels as never)).message).toBe(
    `Metric "orders" has the labels "plan", "status", but was given ${end}`,
  );
});
