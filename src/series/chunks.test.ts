import { expect, test } from "vitest";
import { Chunks } from "./chunks.ts";

function write(chunks: Chunks, slot: number, number: number): void {
  const at = chunks.at(slot);
  chunks.chunk(slot).fill(number, at, at + chunks.stride);
}

function read(chunks: Chunks, slot: number): number[] {
  const at = chunks.at(slot);
  return [...chunks.chunk(slot).subarray(at, at + chunks.stride)];
}

test.each([1, 2, 13])("rows of %i numbers never overlap", (stride) => {
  const chunks = new Chunks(stride);
  const slots = Array.from({ length: 3000 }, (_, slot) => slot);
  for (const slot of slots) write(chunks, slot, slot + 1);
  for (const slot of slots) expect(read(chunks, slot)).toEqual(Array(stride).fill(slot + 1));
});

test("rows begin as zeros, in whatever order they are asked for", () => {
  const chunks = new Chunks(3);
  for (const slot of [4095, 0, 70_000, 1, 2]) expect(read(chunks, slot)).toEqual([0, 0, 0]);
});

test("a chunk that is held stays the slot's chunk while others come", () => {
  const chunks = new Chunks(2);
  const chunk = chunks.chunk(5);
  const at = chunks.at(5);
  for (let slot = 0; slot < 10_000; slot += 1) chunks.chunk(slot);
  chunk[at] = 42;
  expect(read(chunks, 5)).toEqual([42, 0]);
});

test("zero clears one row and leaves its neighbours", () => {
  const chunks = new Chunks(2);
  for (const slot of [6, 7, 8]) write(chunks, slot, slot);
  chunks.zero(7);
  expect([6, 7, 8].map((slot) => read(chunks, slot))).toEqual([
    [6, 6],
    [0, 0],
    [8, 8],
  ]);
});

test("the chunks' ends are where the next chunk begins, however many slots there are", () => {
  const chunks = new Chunks(1);
  let count = 0;
  for (let slot = 0; slot < 100_000; slot = chunks.chunkEnd(slot)) {
    expect(chunks.at(slot)).toBe(0);
    expect(chunks.chunk(slot)).toHaveLength(chunks.chunkEnd(slot) - slot);
    expect(chunks.chunk(slot)).toBe(chunks.chunk(chunks.chunkEnd(slot) - 1));
    count += 1;
  }
  expect(count).toBe(10 + Math.ceil((100_000 - 1023) / 1024));
});
