import { beforeEach, expect, test } from "vitest";
import type { SampleSink } from "../../model/sample-sink.ts";
import { Registry } from "../../registry/registry.ts";
import { TextSink } from "../lines/text.ts";
import { PageMemory } from "./page-memory.ts";

interface Source {
  visit(sink: SampleSink): Iterable<void>;
}

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

function counters(name: string, size: number) {
  const counter = registry.counter({ name, help: "", labels: ["id"] });
  for (let i = 0; i < size; i += 1) counter.inc({ id: `${i}` }, 1000);
  return counter;
}

function page(memory: PageMemory, ...metrics: object[]): string {
  memory.begin();
  const sink = new TextSink({ escaping: "underscores", memory });
  for (const metric of metrics) for (const _ of (metric as Source).visit(sink));
  return new TextDecoder().decode(sink.finish());
}

test("lines are kept from the second page on, as most pages of a job or a test have no second", () => {
  const memory = new PageMemory(1e6);
  const counter = counters("x", 600);
  const first = page(memory, counter);
  expect(memory.used).toBe(0);
  expect(page(memory, counter)).toBe(first);
  expect(memory.used).toBeGreaterThan(first.length * 0.8);
  expect(page(memory, counter)).toBe(first);
});

test("numbers are written again whenever their text is another one", () => {
  const gauge = registry.gauge({ name: "g", help: "", labels: ["id"] });
  const memory = new PageMemory(1e6);
  const texts = [
    "1",
    "0",
    "-0",
    "0",
    "NaN",
    "NaN",
    "+Inf",
    "0.5",
    "0.25",
    "-3",
    "+Inf",
    "1e+21",
    "7",
  ];
  for (const text of ["5", ...texts]) {
    for (let i = 0; i < 300; i += 1)
      gauge.set({ id: `${i}` }, Number(text.replace("+Inf", "Infinity")));
    const lines = page(memory, gauge).split("\n").slice(1, -1);
    expect(lines).toEqual(lines.map((_, i) => `g{id="${i}"} ${text}`));
  }
  expect(memory.used).toBeGreaterThan(0);
});

test("no more is kept than the limit, and the lines of small families not at all", () => {
  const memory = new PageMemory(30_000);
  const metrics = [counters("x", 1000), counters("y", 1000), counters("z", 5)];
  for (let i = 0; i < 4; i += 1) page(memory, ...metrics);
  expect(memory.used).toBeGreaterThan(10_000);
  expect(memory.used).toBeLessThanOrEqual(30_000);
  const nothing = new PageMemory(0);
  for (let i = 0; i < 4; i += 1) page(nothing, ...metrics);
  expect(nothing.used).toBe(0);
});

test("lines that get too long for the limit are dropped", () => {
  const counter = counters("x", 300);
  const measured = new PageMemory(1e6);
  for (let i = 0; i < 2; i += 1) page(measured, counter);
  const memory = new PageMemory(measured.used);
  for (let i = 0; i < 2; i += 1) page(memory, counter);
  expect(memory.used).toBe(measured.used);
  for (let i = 0; i < 300; i += 1) counter.inc({ id: `${i}` }, 1e15);
  page(memory, counter);
  expect(memory.used).toBeLessThan(measured.used);
});

test("lines that no page needs any more are dropped, and kept anew when one does", () => {
  const memory = new PageMemory(1e6);
  const [stays, goes] = [counters("x", 300), counters("y", 300)];
  for (let i = 0; i < 3; i += 1) page(memory, stays);
  const { used } = memory;
  for (let i = 0; i < 3; i += 1) page(memory, stays, goes);
  expect(memory.used).toBe(2 * used);
  for (let i = 0; i < 20; i += 1) page(memory, stays);
  expect(memory.used).toBe(used);
  page(memory, stays, goes);
  expect(memory.used).toBe(2 * used);
});

test("what is kept is not what was handed out: a page stays as it is", () => {
  const memory = new PageMemory(1e6);
  const counter = counters("x", 300);
  for (let i = 0; i < 2; i += 1) page(memory, counter);
  const sink = new TextSink({ escaping: "underscores", memory });
  for (const _ of (counter as unknown as Source).visit(sink));
  const body = sink.finish();
  const before = body.slice();
  for (let i = 0; i < 300; i += 1) counter.inc({ id: `${i}` });
  page(memory, counter);
  expect(Buffer.compare(body, before)).toBe(0);
});
