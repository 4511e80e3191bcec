import type { SeriesRun } from "../../model/series-run.ts";
import { LONGEST_NUMBER, writeNumber, writeSum } from "../bytes/decimal.ts";
import { copyBytes, type GrowingBytes, NEWLINE, TextBytes } from "../bytes/growing-bytes.ts";
import { encoded, type SampleName } from "../lines/sample-lines.ts";
import type { KeptChunk } from "./kept-bytes.ts";
import { makeRoom } from "./text.ts";

// The loops that write most of a page of OpenMetrics 2.0, where lines end with the start of their series.

const ST = encoded(" st@");
const COUNT = encoded("{count:");
const SUM = encoded(",sum:");
const END = encoded("]}");

/** Writes a line for each counter up to the slot `to`: name, labels, number, start. */
export function writeCounterLines(
  out: TextBytes,
  run: SeriesRun,
  to: number,
  name: SampleName,
  labels: KeptChunk,
): number {
  const { chunk, from } = run;
  const begin = beginOf(run, name);
  const end = makeRoom(out, run, to, labels, begin.length + 3 * LONGEST_NUMBER);
  const { bytes, view } = out;
  const lineEnd = new LineEnd();
  let at = out.end;
  for (let slot = from; slot < end; slot += 1) {
    at = writeBegin(view, at, begin, labels, slot);
    at = writeNumber(bytes, at, chunk[run.at + slot - from]!);
    at = lineEnd.write(out, at, run.createdAt(slot));
  }
  out.end = at;
  return end;
}

/** Writes a line for each histogram up to the slot `to`, whose values are like `{count:2,sum:3,bucket:[…]}`. */
export function writeCompositeLines(
  out: TextBytes,
  run: SeriesRun,
  to: number,
  bounds: readonly number[],
  name: SampleName,
  labels: KeptChunk,
): number {
  const { chunk, from, stride } = run;
  const begin = beginOf(run, name);
  const buckets = bucketBegins(bounds);
  const width = begin.length + (2 * buckets.length + 6) * LONGEST_NUMBER;
  const end = makeRoom(out, run, to, labels, width);
  const { bytes, view } = out;
  const lineEnd = new LineEnd();
  let at = out.end;
  let number = run.at;
  for (let slot = from; slot < end; slot += 1, number += stride) {
    let count = 0;
    for (let i = 0; i < buckets.length; i += 1) count += chunk[number + i]!;
    at = writeBegin(view, at, begin, labels, slot);
    at = copyBytes(view, at, COUNT.view, 0, COUNT.length);
    at = writeNumber(bytes, at, count);
    at = copyBytes(view, at, SUM.view, 0, SUM.length);
    const sum = number + buckets.length;
    at = writeSum(bytes, at, chunk[sum]!, chunk[sum + 1]!);
    let cumulative = 0;
    for (let i = 0; i < buckets.length; i += 1) {
      const bucket = buckets[i]!;
      at = copyBytes(view, at, bucket.view, 0, bucket.length);
      cumulative += chunk[number + i]!;
      at = writeNumber(bytes, at, cumulative);
    }
    at = copyBytes(view, at, END.view, 0, END.length);
    at = lineEnd.write(out, at, run.createdAt(slot));
  }
  out.end = at;
  return end;
}

const beginOf = ({ labelNames }: SeriesRun, { alone, open }: SampleName) =>
  labelNames.length === 0 ? alone : open;

function writeBegin(
  view: DataView,
  at: number,
  begin: GrowingBytes,
  { view: labelView, starts, first }: KeptChunk,
  slot: number,
): number {
  const start = starts[slot - first]!;
  const end = starts[slot - first + 1]!;
  return copyBytes(
    view,
    copyBytes(view, at, begin.view, 0, begin.length),
    labelView,
    start,
    end - start,
  );
}

/** Writes the ends of lines. Series that began together have the same, which is copied from the last one. */
class LineEnd {
  private created = Number.NaN;
  private begin = 0;
  private length = 0;

  write({ bytes, view }: TextBytes, at: number, created: number): number {
    if (created === this.created) return copyBytes(view, at, view, this.begin, this.length);
    let end = at;
    if (!Number.isNaN(created)) {
      end = writeNumber(bytes, copyBytes(view, end, ST.view, 0, ST.length), created);
    }
    bytes[end++] = NEWLINE;
    this.created = created;
    this.begin = at;
    this.length = end - at;
    return end;
  }
}

const beginsOfBounds = new WeakMap<readonly number[], readonly GrowingBytes[]>();

/** What stands before the counts of buckets: `,bucket:[0.1:`, `,1:` and so on. */
function bucketBegins(bounds: readonly number[]): readonly GrowingBytes[] {
  let begins = beginsOfBounds.get(bounds);
  if (begins === undefined) {
    begins = [...bounds, Number.POSITIVE_INFINITY].map((bound, i) => {
      const out = new TextBytes();
      out.text(i === 0 ? ",bucket:[" : ",");
      out.number(bound);
      out.text(":");
      return out;
    });
    beginsOfBounds.set(bounds, begins);
  }
  return begins;
}
