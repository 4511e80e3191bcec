import { show } from "../../errors.ts";
import type { Group } from "./group.ts";

/** The fields that are read here of the messages MetricFamily, Metric and LabelPair. */
const FAMILY_NAME = 1;
const FAMILY_METRIC = 4;
const METRIC_LABEL = 1;
const LABEL_NAME = 1;
const LABEL_VALUE = 2;

/** How the format encodes a field, as far as the pages of this package use it. */
const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;

/**
 * Why the gateway would make one series of several: it puts the group's labels in the place of those that a metric
 * has itself. Undefined if there are none with other values.
 *
 * @param page in protobuf: it has the metrics of all sources and registries
 * @returns the rest of a sentence
 */
export function labelTaken(page: Uint8Array, group: Group): string | undefined {
  for (const family of delimited(page)) {
    const name = text(family, FAMILY_NAME);
    for (const metric of fields(family, FAMILY_METRIC)) {
      for (const label of fields(metric, METRIC_LABEL)) {
        const [labelName, value] = [text(label, LABEL_NAME), text(label, LABEL_VALUE)];
        const wanted = group.get(labelName);
        if (wanted === undefined || wanted === value) continue;
        return `metric ${show(name)} has a label ${labelName} with the value ${show(value)}, and the gateway would make that ${show(wanted)}, as for the whole group: give the label another name, or set replaceLabels`;
      }
    }
  }
  return undefined;
}

const decoder = new TextDecoder();

function text(message: Uint8Array, field: number): string {
  const [value] = fields(message, field);
  return decoder.decode(value);
}

/** The messages of a page, each of which has its length before it. */
function* delimited(page: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < page.length; ) {
    const { value, end } = varint(page, at);
    at = end + value;
    yield page.subarray(end, at);
  }
}

/** The values of a field that is a text or a message. */
function* fields(message: Uint8Array, field: number): Generator<Uint8Array> {
  for (let at = 0; at < message.length; ) {
    const { value: tag, end } = varint(message, at);
    const type = tag & 7;
    const size = type === BYTES ? varint(message, end) : { value: 0, end };
    if (type === VARINT) at = varint(message, end).end;
    else if (type === FIXED_64) at = end + 8;
    else at = size.end + size.value;
    if (type === BYTES && tag >>> 3 === field) yield message.subarray(size.end, at);
  }
}

/** The lengths and tags that are read here have at most 32 bits; of longer numbers, only the end matters. */
function varint(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let end = at;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[end++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end };
  }
}
