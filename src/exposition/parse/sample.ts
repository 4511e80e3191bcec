import { show } from "../../errors.ts";
import type { MetricSample } from "../../model/metric-family.ts";
import type { Exemplar } from "../../model/sample-sink.ts";
import { readComposite } from "./composite.ts";
import { type ParsedLabels, readBraces, type SampleStart } from "./labels.ts";
import { type LineReader, parseNumber } from "./line-reader.ts";

/** One line of a page that has a value. */
export interface ParsedSample extends MetricSample {
  /** Has no prototype, so that a label may have any name, `__proto__` included. */
  readonly labels: ParsedLabels;
  /** The number of the line, from 1. */
  readonly line: number;
}

export const NO_EXEMPLARS: readonly Exemplar[] = Object.freeze([]);

/** OpenMetrics 1.0 limits the labels of an exemplar to this many code points. */
const EXEMPLAR_LIMIT = 128;

/** Reads what follows the labels of an OpenMetrics sample; version 2 allows more than version 1. */
export function readSample(
  line: LineReader,
  { name, labels }: SampleStart,
  version: 1 | 2,
): ParsedSample {
  line.expect(" ", "the value does not follow after one space");
  const composite = version === 2 && line.peek() === "{" ? readComposite(line) : undefined;
  const value = composite?.count ?? line.number("the value");
  let timestamp = Number.NaN;
  let created = Number.NaN;
  const exemplars: Exemplar[] = [];
  while (line.take(" ")) {
    if (line.take("#")) {
      if (version === 1 && exemplars.length > 0) line.fail("there is a second exemplar");
      exemplars.push(readExemplar(line, version));
      continue;
    }
    const token = line.token();
    const isCreated = version === 2 && token.startsWith("st@");
    const isLate = exemplars.length > 0 || !Number.isNaN(created);
    if (isLate || (!isCreated && !Number.isNaN(timestamp))) line.fail(`${show(token)} is too much`);
    if (isCreated) created = toTimestamp(line, token.slice("st@".length));
    else timestamp = toTimestamp(line, token);
  }
  if (!line.done) line.fail("it goes on where it should end");
  return {
    name,
    labels,
    value,
    composite,
    timestamp,
    created,
    exemplars: exemplars.length > 0 ? exemplars : NO_EXEMPLARS,
    line: line.place.number,
  };
}

function readExemplar(line: LineReader, version: 1 | 2): Exemplar {
  line.expect(" ", "an exemplar does not begin with `# {`");
  line.expect("{", "an exemplar does not begin with `# {`");
  const { name, labels } = readBraces(line);
  if (name !== undefined) line.fail("an exemplar's label has no value");
  if (version === 1 && codePoints(labels) > EXEMPLAR_LIMIT) {
    line.fail(`an exemplar's labels have more than ${EXEMPLAR_LIMIT} characters`);
  }
  line.expect(" ", "an exemplar's value does not follow after one space");
  const value = line.number("an exemplar's value");
  if (version === 1 && line.done) return { labels, value, timestamp: Number.NaN };
  line.expect(" ", "an exemplar's timestamp does not follow after one space");
  return { labels, value, timestamp: toTimestamp(line, line.token()) };
}

function toTimestamp(line: LineReader, token: string): number {
  const timestamp = parseNumber(token);
  if (timestamp !== undefined && Number.isFinite(timestamp)) return timestamp;
  return line.fail(`${show(token)} is not a timestamp`);
}

function codePoints(labels: ParsedLabels): number {
  let count = 0;
  for (const name of Object.keys(labels)) for (const _ of name + labels[name]) count += 1;
  return count;
}
