import { expect, test } from "vitest";
import type { SeriesHead } from "../model/sample-sink.ts";
import { bytesTag, ProtobufWriter } from "./protobuf-writer.ts";
import { SeriesBytes, seriesBytesOf } from "./series-bytes.ts";

const FIELD = bytesTag(1);

function head(slot: number, tenancy: number, created = 5): SeriesHead {
  return { labelNames: [], labelValues: [], created, timestamp: Number.NaN, slot, tenancy };
}

/** Says which series it was asked to encode, and encodes something of its own for each. */
class Encoder {
  readonly asked: string[] = [];
  readonly encode = (out: ProtobufWriter, { slot, tenancy, created }: SeriesHead): void => {
    this.asked.push(`${slot} ${tenancy} ${created}`);
    out.string(FIELD, this.textOf(slot, tenancy));
  };

  textOf(slot: number, tenancy: number): string {
    return `series ${slot} ${tenancy}`;
  }
}

function written(bytes: SeriesBytes, series: SeriesHead, encoder: Encoder): string {
  const out = new ProtobufWriter();
  bytes.write(out, series, encoder.encode);
  return Buffer.from(out.finish().subarray(2)).toString();
}

test("a series is encoded once for each tenant of its slot and each time it begins", () => {
  const bytes = new SeriesBytes();
  const encoder = new Encoder();
  const heads = [head(3, 1), head(0, 2), head(3, 1), head(3, 4), head(0, 2), head(0, 2, 6)];
  expect(heads.map((series) => written(bytes, series, encoder))).toEqual(
    heads.map(({ slot, tenancy }) => encoder.textOf(slot, tenancy)),
  );
  expect(encoder.asked).toEqual(["3 1 5", "0 2 5", "3 4 5", "0 2 6"]);
});

test("a series that began at an unknown time is encoded once, too", () => {
  const bytes = new SeriesBytes();
  const encoder = new Encoder();
  for (let i = 0; i < 3; i += 1) written(bytes, head(0, 1, Number.NaN), encoder);
  expect(encoder.asked).toHaveLength(1);
});

test("a slot of tenancy 0 that was never written is not taken for one that was", () => {
  const encoder = new Encoder();
  const bytes = new SeriesBytes();
  written(bytes, head(5, 1), encoder);
  expect(written(bytes, head(2, 0, 0), encoder)).toBe(encoder.textOf(2, 0));
});

test("most of it stays while most series stay", () => {
  const bytes = new SeriesBytes();
  const encoder = new Encoder();
  for (let page = 0; page < 3; page += 1) {
    bytes.begin();
    for (let slot = 0; slot < 10_000 - page * 1000; slot += 1)
      written(bytes, head(slot, 1), encoder);
    bytes.end();
  }
  expect(encoder.asked).toHaveLength(10_000);
});

test("what is gone is forgotten, so that churn does not grow it", () => {
  const bytes = new SeriesBytes();
  const encoder = new Encoder();
  for (let slot = 0; slot < 10_000; slot += 1) written(bytes, head(slot, 1), encoder);
  for (let page = 0; page < 2; page += 1) {
    bytes.begin();
    written(bytes, head(0, 1), encoder);
    bytes.end();
  }
  expect(encoder.asked.slice(10_000)).toEqual(["0 1 5"]);
});

test("bytes are kept by table and by what they are", () => {
  const table = {};
  expect(seriesBytesOf(table, "labels")).toBe(seriesBytesOf(table, "labels"));
  expect(seriesBytesOf(table, "labels")).not.toBe(seriesBytesOf(table, "numbers"));
  expect(seriesBytesOf(table, "labels")).not.toBe(seriesBytesOf({}, "labels"));
});
