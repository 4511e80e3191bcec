import { expect, test } from "vitest";
import { ARTICLE_ID_PATTERN, nextArticleId } from "./article-id.ts";

const year2100 = Date.UTC(2100, 0);

test("begins with the time", () => {
  const { id, time } = nextArticleId(year2100);
  expect(id).toMatch(new RegExp(ARTICLE_ID_PATTERN));
  expect(time).toBe(year2100);
  expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(year2100);
});

test("ascends within a millisecond, past the end of the counter, and when the clock is set back", () => {
  const clock = [...Array(5_000).fill(year2100 + 1), year2100 - 86_400_000, year2100 + 50];
  const made = clock.map((now) => nextArticleId(now));
  const ids = made.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids.every((id) => new RegExp(ARTICLE_ID_PATTERN).test(id))).toBe(true);
  const times = made.map(({ time }) => time);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("differs between replicas at the same moment", () => {
  // All but the time and the counter is random.
  const tails = new Set(Array.from({ length: 1_000 }, () => nextArticleId().id.slice(-17)));
  expect(tails.size).toBe(1_000);
});
