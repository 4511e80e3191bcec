import { regionInvalid, regionVersion } from "../../errors.ts";
import type { Exemplar, SummarySketch } from "../../model/sample-sink.ts";
import { nodeModule } from "../../node-module.ts";
import type { Extra, Layout } from "./layout.ts";
import { type NativeNumbers, readNative } from "./native-numbers.ts";

/** The version of the format, which stands in each report. */
const VERSION = 1;
/** What a report begins with; the version, the checksum of the rest and the length of the head follow. */
const MAGIC = Buffer.from("narthex.", "latin1");
const PREFIX = MAGIC.length + 12;
const WORD = 8;

/** A layout; or a series: the number of its layout, when it began, and the values of its labels. */
export type LogEntry = Layout | readonly [number, number | null, ...string[]];

/** @param before the checksum of the bytes before these */
export function checksumOf(bytes: Uint8Array, before = 0): number {
  return nodeModule("zlib").crc32(bytes, before);
}

/** A frame of a log has its length and its checksum before it. */
export function frame(entries: readonly unknown[]): Uint8Array {
  const text = Buffer.from(JSON.stringify(entries));
  const head = Buffer.alloc(8);
  head.writeUInt32LE(text.length, 0);
  head.writeUInt32LE(checksumOf(text), 4);
  return Buffer.concat([head, text]);
}

/** The entries of a log's frames; throws where it is damaged. */
export function readFrames(log: Buffer): unknown[] {
  const entries: unknown[] = [];
  for (let at = 0; at < log.length; ) {
    if (at + 8 > log.length) throw regionInvalid("its log is cut off");
    const end = at + 8 + log.readUInt32LE(at);
    if (end > log.length) throw regionInvalid("its log is cut off");
    const text = log.subarray(at + 8, end);
    if (checksumOf(text) !== log.readUInt32LE(at + 4)) throw regionInvalid("its log is damaged");
    for (const entry of JSON.parse(text.toString()) as unknown[]) entries.push(entry);
    at = end;
  }
  return entries;
}

/** A report: its head as JSON, and then numbers. */
export function reportOf(head: object, numbers: readonly Float64Array[]): Buffer {
  const text = JSON.stringify(head);
  const body = numbers.reduce((length, { byteLength }) => length + byteLength, 0);
  const headLength = Math.ceil((PREFIX + Buffer.byteLength(text)) / WORD) * WORD - PREFIX;
  const report = Buffer.alloc(PREFIX + headLength + body);
  MAGIC.copy(report);
  report.writeUInt32LE(VERSION, MAGIC.length);
  report.writeUInt32LE(headLength, MAGIC.length + 8);
  // JSON may end in spaces.
  report.fill(" ", PREFIX, PREFIX + headLength);
  report.write(text, PREFIX);
  let at = PREFIX + headLength;
  for (const { buffer, byteOffset, byteLength } of numbers) {
    report.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  report.writeUInt32LE(checksumOf(report.subarray(MAGIC.length + 8)), MAGIC.length + 4);
  return report;
}

/** The head and the numbers of a report; throws where it is damaged, or of another version. */
export function readReport(report: Buffer): {
  readonly head: unknown;
  readonly numbers: Float64Array;
} {
  if (report.length < PREFIX || !report.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw regionInvalid("it is no report");
  }
  const version = report.readUInt32LE(MAGIC.length);
  if (version !== VERSION) throw regionVersion(version, VERSION);
  if (checksumOf(report.subarray(MAGIC.length + 8)) !== report.readUInt32LE(MAGIC.length + 4)) {
    throw regionInvalid("it is damaged");
  }
  const end = PREFIX + report.readUInt32LE(MAGIC.length + 8);
  if (end > report.length || (report.length - end) % WORD !== 0) {
    throw regionInvalid("its lengths don't fit");
  }
  const numbers = report.subarray(end);
  // They begin at a multiple of their size in the report, and have to in memory.
  const { buffer, byteOffset } =
    numbers.byteOffset % WORD === 0 ? numbers : new Uint8Array(numbers);
  return {
    head: JSON.parse(report.toString("utf8", PREFIX, end)),
    numbers: new Float64Array(buffer, byteOffset, numbers.length / WORD),
  };
}

/** JSON has no infinities and no NaN. */
type JsonNumber = number | string;
type JsonExemplar = readonly [place: number, labels: object, value: JsonNumber, time: JsonNumber];

/** What stands for an `Extra` in the head of a report. */
interface JsonExtra extends Pick<Extra, "hasNoSum" | "nativeCount"> {
  readonly exemplars?: readonly JsonExemplar[];
  /** Where the numbers of the native side begin. */
  readonly native?: number;
  readonly nativeExemplars?: readonly JsonExemplar[];
  readonly quantiles?: readonly JsonNumber[];
  readonly sketch?: Pick<SummarySketch, "octaves"> & {
    readonly range: readonly [JsonNumber, JsonNumber];
  };
}

/** @param natives gets the numbers of a native side */
export function encodeExtra(extra: Extra, natives: NativeNumbers): JsonExtra {
  const { exemplars, native, nativeCount = 0, quantiles, sketch, hasNoSum } = extra;
  return {
    ...(exemplars && { exemplars: exemplars.map(([place, one]) => encodeExemplar(place, one)) }),
    ...(native && {
      native: natives.add(native),
      nativeCount,
      ...(native.exemplars.length > 0 && {
        nativeExemplars: native.exemplars.map((exemplar) => encodeExemplar(0, exemplar)),
      }),
    }),
    ...(quantiles && { quantiles: quantiles.map(jsonNumber) }),
    ...(sketch && {
      sketch: {
        range: [jsonNumber(sketch.range[0]), jsonNumber(sketch.range[1])],
        octaves: sketch.octaves,
      },
    }),
    ...(hasNoSum && { hasNoSum }),
  };
}

/** @param natives has the numbers of native sides */
export function decodeExtra(extra: JsonExtra, natives: Float64Array): Extra {
  const {
    exemplars,
    native,
    nativeCount = 0,
    nativeExemplars = [],
    quantiles,
    sketch,
    hasNoSum,
  } = extra;
  return {
    ...(exemplars && { exemplars: exemplars.map(decodeExemplar) }),
    ...(native !== undefined && {
      native: {
        ...readNative(natives, native),
        exemplars: nativeExemplars.map((exemplar) => decodeExemplar(exemplar)[1]),
      },
      nativeCount,
    }),
    ...(quantiles && { quantiles: quantiles.map(Number) }),
    ...(sketch && {
      sketch: {
        range: [Number(sketch.range[0]), Number(sketch.range[1])],
        octaves: sketch.octaves,
      },
    }),
    ...(hasNoSum && { hasNoSum }),
  };
}

function encodeExemplar(place: number, { labels, value, timestamp }: Exemplar): JsonExemplar {
  return [place, labels, jsonNumber(value), jsonNumber(timestamp)];
}

function decodeExemplar([place, labels, value, time]: JsonExemplar): readonly [number, Exemplar] {
  const exemplar = {
    labels: labels as Exemplar["labels"],
    value: Number(value),
    timestamp: Number(time),
  };
  return [place, exemplar];
}

function jsonNumber(value: number): JsonNumber {
  return Number.isFinite(value) ? value : String(value);
}
