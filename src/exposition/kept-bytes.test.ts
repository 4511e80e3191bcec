import { describe, expect, test } from "vitest";
import type { SeriesHead } from "../model/sample-sink.ts";
import { GrowingBytes } from "./bytes.ts";
import { KeptBytes, keptBytesOf } from "./kept-bytes.ts";

const TABLE = {};

function head(slot: number, generation: number, created = 5): SeriesHead {
  return {
    labelNames: [],
    labelValues: [],
    created,
    timestamp: Number.NaN,
    table: TABLE,
    slot,
    tenancy: generation,
  };
}

function textOf({ slot, tenancy, created }: SeriesHead): string {
  return `${slot} ${tenancy} ${created}`;
}

/** What is kept of a table, and which of its series had to be encoded. */
class Subject {
  readonly encoded: string[] = [];
  private readonly kept: KeptBytes;
  private readonly buffer = new GrowingBytes();
  private readonly padding: string;

  constructor({ dependOnCreated = false, padding = 0 } = {}) {
    this.kept = new KeptBytes(dependOnCreated);
    this.padding = "x".repeat(padding);
  }

  /** What a scrape copies of the series. */
  read(series: SeriesHead): string {
    this.kept.locate(series, this.encode);
    const out = new GrowingBytes(0);
    out.copy(this.kept.chunk, this.kept.from, this.kept.length);
    const text = Buffer.from(out.finish()).toString();
    expect(text.endsWith(this.padding)).toBe(true);
    return text.slice(0, text.length - this.padding.length);
  }

  private readonly encode = (series: SeriesHead): GrowingBytes => {
    this.encoded.push(textOf(series));
    this.buffer.truncate(0);
    this.buffer.text(textOf(series) + this.padding);
    return this.buffer;
  };
}

test("a series is encoded once, and again when another one has its slot", () => {
  const subject = new Subject();
  const heads = [head(3, 1), head(0, 2), head(3, 1), head(3, 4), head(0, 2), head(3, 4)];
  expect(heads.map((series) => subject.read(series))).toEqual(heads.map(textOf));
  expect(subject.encoded).toEqual(["3 1 5", "0 2 5", "3 4 5"]);
});

test("bytes that depend on when a series began are encoded again when it begins anew", () => {
  const subject = new Subject({ dependOnCreated: true });
  const heads = [head(0, 1), head(0, 1), head(0, 1, 6), head(0, 1, Number.NaN)];
  for (const series of [...heads, head(0, 1, Number.NaN)]) {
    expect(subject.read(series)).toBe(textOf(series));
  }
  expect(subject.encoded).toEqual(["0 1 5", "0 1 6", "0 1 NaN"]);
});

test("a slot that was never written is not taken for one that was", () => {
  const subject = new Subject({ dependOnCreated: true });
  subject.read(head(5, 1));
  expect(subject.read(head(2, 0, 0))).toBe("2 0 0");
});

test("nothing is kept of a series that lives in no table", () => {
  const subject = new Subject();
  const series = { ...head(0, 0), table: undefined };
  for (let i = 0; i < 3; i += 1) expect(subject.read(series)).toBe(textOf(series));
  expect(subject.encoded).toHaveLength(3);
});

test.each([65_000, 65_535, 65_536, 1_000_000])("a series of %i bytes and more", (padding) => {
  const subject = new Subject({ padding });
  for (let scrape = 0; scrape < 2; scrape += 1) {
    for (const series of [head(0, 1), head(1, 2), head(2, 3)]) {
      expect(subject.read(series)).toBe(textOf(series));
    }
  }
});

describe("bytes of series that are gone", () => {
  const STAY = 1000;

  /** Reads series that stay, before and after slot 0 had one series after the other. */
  function churn(subject: Subject, times: number): void {
    const stay = Array.from({ length: STAY }, (_, i) => head(1 + i, 1));
    expect(stay.map((series) => subject.read(series))).toEqual(stay.map(textOf));
    for (let i = 0; i < times; i += 1) subject.read(head(0, i));
    expect(stay.map((series) => subject.read(series))).toEqual(stay.map(textOf));
  }

  const encodedOf = (subject: Subject, slot: number) =>
    subject.encoded.filter((text) => text.startsWith(`${slot} `)).length;

  test("stay while they are fewer than those in use", () => {
    const subject = new Subject({ padding: 200 });
    churn(subject, 900);
    expect(encodedOf(subject, 1)).toBe(1);
  });

  test("are dropped once they are more, together with the others, which are encoded again", () => {
    const subject = new Subject({ padding: 200 });
    churn(subject, 1100);
    expect(encodedOf(subject, 1)).toBe(2);
    expect(encodedOf(subject, STAY)).toBe(2);
  });

  test("stay in a small table, where they are few", () => {
    const subject = new Subject();
    subject.read(head(1, 1));
    for (let i = 0; i < 1000; i += 1) subject.read(head(0, i));
    subject.read(head(1, 1));
    expect(encodedOf(subject, 1)).toBe(1);
  });
});

test("bytes are kept by table, by what they are, and by scheme where names need escaping", () => {
  const series = head(0, 1);
  const labels = keptBytesOf(series, "labels", "dots");
  expect(keptBytesOf(series, "labels", "values")).toBe(labels);
  expect(keptBytesOf(series, "numbers", "dots")).not.toBe(labels);
  expect(keptBytesOf({ ...series, table: {} }, "labels", "dots")).not.toBe(labels);
  const dotted = { ...series, labelNames: ["a.b"], labelValues: ["x"] };
  const escaped = keptBytesOf(dotted, "labels", "dots");
  expect(keptBytesOf(dotted, "labels", "dots")).toBe(escaped);
  expect(keptBytesOf(dotted, "labels", "values")).not.toBe(escaped);
  const tableless = { ...series, table: undefined };
  expect(keptBytesOf(tableless, "labels", "dots")).not.toBe(
    keptBytesOf(tableless, "labels", "dots"),
  );
});
