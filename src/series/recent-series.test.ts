import { expect, test } from "vitest";
import { RecentSeries } from "./recent-series.ts";

test("finds what was remembered, and only while its series is there", () => {
  const recent = new RecentSeries<{ slot: number }>(["a", "b"]);
  const series = { slot: 0 };
  expect(recent.find({ a: "x", b: "y" })).toBeUndefined();
  recent.remember({ a: "x", b: "y" }, ["x", "y"], series, 1);
  expect(recent.find({ a: "x", b: "y" })).toBe(series);
  expect(recent.find({ a: "y", b: "x" })).toBeUndefined();
  series.slot = -1;
  expect(recent.find({ a: "x", b: "y" })).toBeUndefined();
});

test("inherited labels are not remembered as empty ones", () => {
  const recent = new RecentSeries<{ slot: number }>(["a"]);
  for (let i = 0; i < 64; i += 1) {
    const labels = Object.create({ a: `value ${i}` });
    expect(recent.find(labels)).toBeUndefined();
    recent.remember(labels, [`value ${i}`], { slot: i }, 64);
  }
  expect(recent.find({ a: "" })).toBeUndefined();
});

test("labels that change while they are read are not remembered", () => {
  const recent = new RecentSeries<{ slot: number }>(["a"]);
  const values = ["x", "y"];
  const labels = {
    get a() {
      return values.shift()!;
    },
  };
  expect(recent.find(labels)).toBeUndefined();
  recent.remember(labels, ["x"], { slot: 0 }, 1);
  expect(recent.find({ a: "x" })).toBeUndefined();
  expect(recent.find({ a: "y" })).toBeUndefined();
});
