import { afterEach, expect, test, vi } from "vitest";
import { ARTICLE_ID_PATTERN, nextArticleId } from "./article-id.ts";

const year2100 = Date.UTC(2100, 0);

afterEach(() => {
  vi.restoreAllMocks();
});

function idAt(now: number) {
  vi.spyOn(Date, "now").mockReturnValue(now);
  return nextArticleId();
}

test("begins with the time", () => {
  const { id, time } = idAt(year2100);
  expect(id).toMatch(new RegExp(ARTICLE_ID_PATTERN));
  expect(time).toBe(year2100);
  expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(year2100);
});

test("ascends within a millisecond, and when the clock is set back", () => {
  const clock = [...Array(5_000).fill(year2100 + 1), year2100 - 86_400_000, year2100 + 50];
  const made = clock.map(idAt);
  const ids = made.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids.every((id) => new RegExp(ARTICLE_ID_PATTERN).test(id))).toBe(true);
  const times = made.map(({ time }) => time);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("differs between replicas at the same moment", () => {
  // The last 48 bits are random, whatever the time and the counter are.
  const tails = new Set(Array.from({ length: 1_000 }, () => nextArticleId().id.slice(-12)));
  expect(tails.size).toBe(1_000);
});
