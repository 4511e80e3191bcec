import { expect, test } from "vitest";
import { nextArticleId } from "./article-id.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

test("leads back to the id", () => {
  const { id } = nextArticleId();
  expect(encodeCursor(id)).toMatch(/^[\w-]{22}$/);
  expect(decodeCursor(encodeCursor(id))).toBe(id);
});

const cursor = encodeCursor("01a202c3-dfc2-7147-9926-65a5d0d2ddd4");

test.each([
  ["nothing", ""],
  ["an id", "01a202c3-dfc2-7147-9926-65a5d0d2ddd4"],
  ["a part", cursor.slice(0, -1)],
  ["more", `${cursor}A`],
  ["padding", `${cursor}==`],
  ["the same bytes written otherwise", `${cursor.slice(0, -1)}B`],
  ["a random UUID", encodeCursor("9b2f3f0e-5d0c-4c43-9f3b-0f3a1c9d8e7f")],
  ["no base64url", "!".repeat(22)],
])("refuses %s", (_, wrong) => {
  expect(decodeCursor(wrong)).toBeUndefined();
});
