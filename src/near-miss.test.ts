import { expect, test } from "vitest";
import { nearMiss } from "./near-miss.ts";

const KNOWN = ["name", "help", "labels", "limit", "expireAfterSeconds", "maxAgeSeconds"];

test.each([
  ["limits", "limit"],
  ["limt", "limit"],
  ["lmiit", "limit"],
  ["nme", "name"],
  ["Labels", "labels"],
  ["expire_after_seconds", "expireAfterSeconds"],
  ["maxAge", "maxAgeSeconds"],
  ["expireAfterSecondes", "expireAfterSeconds"],
])("%s is nearly %s", (given, meant) => {
  expect(nearMiss(given, KNOWN)).toBe(meant);
});

test.each(["", "x", "buckets", "registers", "l".repeat(1e6)])("%.20s is like none", (given) => {
  expect(nearMiss(given, KNOWN)).toBeUndefined();
});

test("names that share no letter are unlike", () => {
  expect(nearMiss("a", ["b"])).toBeUndefined();
  expect(nearMiss("ab", ["a"])).toBe("a");
});

test("the nearest of several is taken", () => {
  expect(nearMiss("labels2", ["label", "labels", "labels1"])).toBe("labels");
  expect(nearMiss("stat", ["start", "state"])).toBe("start");
});
