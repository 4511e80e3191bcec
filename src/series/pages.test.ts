import { expect, test } from "vitest";
import { Pages } from "./pages.ts";

function write(pages: Pages, slot: number, number: number): void {
  const at = pages.at(slot);
  pages.page(slot).fill(number, at, at + pages.stride);
}

function read(pages: Pages, slot: number): number[] {
  const at = pages.at(slot);
  return [...pages.page(slot).subarray(at, at + pages.stride)];
}

test.each([1, 2, 13])("rows of %i numbers never overlap", (stride) => {
  const pages = new Pages(stride);
  const slots = Array.from({ length: 3000 }, (_, slot) => slot);
  for (const slot of slots) write(pages, slot, slot + 1);
  for (const slot of slots) expect(read(pages, slot)).toEqual(Array(stride).fill(slot + 1));
});

test("rows begin as zeros, in whatever order they are asked for", () => {
  const pages = new Pages(3);
  for (const slot of [4095, 0, 70_000, 1, 2]) expect(read(pages, slot)).toEqual([0, 0, 0]);
});

test("a page that is held stays the slot's page while others come", () => {
  const pages = new Pages(2);
  const page = pages.page(5);
  const at = pages.at(5);
  for (let slot = 0; slot < 10_000; slot += 1) pages.page(slot);
  page[at] = 42;
  expect(read(pages, 5)).toEqual([42, 0]);
});

test("zero clears one row and leaves its neighbours", () => {
  const pages = new Pages(2);
  for (const slot of [6, 7, 8]) write(pages, slot, slot);
  pages.zero(7);
  expect([6, 7, 8].map((slot) => read(pages, slot))).toEqual([
    [6, 6],
    [0, 0],
    [8, 8],
  ]);
});

test("the pages' ends are where the next page begins, however many slots there are", () => {
  const pages = new Pages(1);
  let count = 0;
  for (let slot = 0; slot < 100_000; slot = pages.pageEnd(slot)) {
    expect(pages.at(slot)).toBe(0);
    expect(pages.page(slot)).toHaveLength(pages.pageEnd(slot) - slot);
    expect(pages.page(slot)).toBe(pages.page(pages.pageEnd(slot) - 1));
    count += 1;
  }
  expect(count).toBe(10 + Math.ceil((100_000 - 1023) / 1024));
});
