import { type EscapingScheme, escapeLabelName } from "../model/escaping.ts";
import type { Exemplar } from "../model/exemplar.ts";
import { EXEMPLAR, LABEL_PAIR, TIMESTAMP } from "./protobuf-fields.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";

export function writeExemplar(
  out: ProtobufWriter,
  tag: number,
  exemplar: Exemplar,
  scheme: EscapingScheme,
): void {
  const begin = out.open(tag);
  for (const name of Object.keys(exemplar.labels)) {
    writeLabelPair(out, EXEMPLAR.label, escapeLabelName(name, scheme), exemplar.labels[name]!);
  }
  out.double(EXEMPLAR.value, exemplar.value);
  writeTimestamp(out, EXEMPLAR.timestamp, exemplar.timestamp);
  out.close(begin);
}

export function writeLabelPair(
  out: ProtobufWriter,
  tag: number,
  name: string,
  value: string,
): void {
  const begin = out.open(tag);
  out.string(LABEL_PAIR.name, name);
  out.string(LABEL_PAIR.value, value);
  out.close(begin);
}

/** Seconds since the epoch as a Timestamp; none where they are not known. */
export function writeTimestamp(out: ProtobufWriter, tag: number, seconds: number): void {
  let whole = Math.floor(seconds);
  if (!Number.isSafeInteger(whole)) return;
  // A double has no more than microseconds here, and Prometheus cuts off below the millisecond:
  // .123 must not become .122999907.
  let micros = Math.round((seconds - whole) * 1e6);
  if (micros === 1e6) {
    whole += 1;
    micros = 0;
  }
  const begin = out.open(tag);
  out.int(TIMESTAMP.seconds, whole);
  out.uint(TIMESTAMP.nanos, micros * 1000);
  out.close(begin);
}
