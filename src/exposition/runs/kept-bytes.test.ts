import { beforeEach, expect, test } from "vitest";
import type { SeriesRun, SeriesSlots } from "../../model/series-run.ts";
import { KeptBytes, keptBytesOf } from "./kept-bytes.ts";

/** A table whose series are known by their generations. */
class Table implements SeriesSlots {
  readonly generations: number[] = [];
  newest = 0;
  restarts = 0;

  get slotCount(): number {
    return this.generations.length;
  }

  get size(): number {
    return this.generations.filter((generation) => generation > 0).length;
  }

  generation(slot: number): number {
    return this.generations[slot] ?? 0;
  }

  add(slot: number): void {
    this.newest += 1;
    for (let free = this.slotCount; free < slot; free += 1) this.generations[free] = 0;
    this.generations[slot] = this.newest;
  }
}

let table: Table;
let encoded: string[];
beforeEach(() => {
  table = new Table();
  encoded = [];
});

const runOf = (ofTable: SeriesSlots, labelNames: readonly string[] = []): SeriesRun => ({
  table: ofTable,
  labelNames,
  labelValue: () => "",
  createdAt: () => 0,
  from: 0,
  to: 0,
  chunk: new Float64Array(),
  at: 0,
  stride: 1,
  firstExemplar: 0,
});

/** What a scrape copies of the series in a slot. */
function read(kept: KeptBytes, slot: number, padding = ""): string {
  const { view, first, starts } = kept.chunk(slot, runOf(table), (out, _, one) => {
    encoded.push(`${one}`);
    out.text(`${one} ${table.generation(one)}${padding}`);
  });
  const start = starts[slot - first]!;
  return Buffer.from(view.buffer, start, starts[slot - first + 1]! - start).toString();
}

test("a series is encoded once, and a slot again when it has another series", () => {
  const kept = new KeptBytes(table, false);
  for (const slot of [0, 1, 3]) table.add(slot);
  expect([3, 0, 1, 3].map((slot) => read(kept, slot))).toEqual(["3 3", "0 1", "1 2", "3 3"]);
  expect(encoded).toEqual(["0", "1", "3"]);
  table.add(1);
  table.add(2);
  expect([0, 1, 2, 3].map((slot) => read(kept, slot))).toEqual(["0 1", "1 4", "2 5", "3 3"]);
  expect(encoded).toEqual(["0", "1", "3", "1", "2"]);
});

test("the slots of a chunk are encoded together, and apart from those of other chunks", () => {
  const kept = new KeptBytes(table, false);
  for (let slot = 0; slot < 750; slot += 1) table.add(slot);
  for (const slot of [254, 255, 510, 511, 0, 749]) {
    expect(read(kept, slot)).toBe(`${slot} ${slot + 1}`);
  }
  expect(encoded).toHaveLength(750);
  table.add(300);
  for (const slot of [254, 255, 300, 510, 511]) read(kept, slot);
  expect(encoded).toHaveLength(751);
});

test("what is dropped is encoded anew when it is asked for, and nothing else is", () => {
  const kept = new KeptBytes(table, false);
  for (let slot = 0; slot < 300; slot += 1) table.add(slot);
  for (const slot of [0, 299]) read(kept, slot);
  expect(encoded).toHaveLength(300);
  kept.drop(270);
  expect([0, 299].map((slot) => read(kept, slot))).toEqual(["0 1", "299 300"]);
  expect(encoded).toHaveLength(300 + 45);
});

test("bytes that depend on when series began are encoded again once one begins anew", () => {
  table.add(0);
  const starts = new KeptBytes(table, true);
  const labels = new KeptBytes(table, false);
  for (const kept of [starts, labels]) read(kept, 0);
  table.restarts += 1;
  for (const kept of [starts, labels]) read(kept, 0);
  expect(encoded).toEqual(["0", "0", "0"]);
});

test.each([65_000, 65_536, 1_000_000])("a series of %i bytes and more", (length) => {
  const kept = new KeptBytes(table, false);
  const padding = "x".repeat(length);
  for (const slot of [0, 1, 2]) table.add(slot);
  for (const slot of [0, 1, 2])
    expect(read(kept, slot, padding)).toBe(`${slot} ${slot + 1}${padding}`);
});

test("bytes are kept by table, by what they are, and by scheme where names need escaping", () => {
  const run = runOf(table);
  const labels = keptBytesOf(run, "labels", "dots");
  expect(keptBytesOf(run, "labels", "values")).toBe(labels);
  expect(keptBytesOf(run, "numbers", "dots")).not.toBe(labels);
  expect(keptBytesOf(runOf(new Table()), "labels", "dots")).not.toBe(labels);
  const dotted = runOf(table, ["a.b"]);
  const escaped = keptBytesOf(dotted, "labels", "dots");
  expect(keptBytesOf(dotted, "labels", "dots")).toBe(escaped);
  expect(keptBytesOf(dotted, "labels", "values")).not.toBe(escaped);
});
