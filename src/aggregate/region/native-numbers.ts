import type { NativeBuckets, NativeHistogram } from "../../model/sample-sink.ts";
import { check } from "./series-log.ts";

/** Schema, zero threshold, zero count, and how many spans and counts either sign has. */
const HEAD = 7;

/** The numbers of native histograms, one behind the other: as JSON they would take several times as long. */
export class NativeNumbers {
  #numbers = new Float64Array(256);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  get all(): Float64Array {
    return this.#numbers.subarray(0, this.#length);
  }

  /** Adds a histogram without its exemplars; returns where its numbers begin. */
  add({ schema, zeroThreshold, zeroCount, positive, negative }: NativeHistogram): number {
    const at = this.#length;
    const signs = [positive, negative];
    let length = HEAD;
    for (const { spans, counts } of signs) length += 2 * spans.length + counts.length;
    this.#reserve(length);
    const numbers = this.#numbers;
    numbers[at] = schema;
    numbers[at + 1] = zeroThreshold;
    numbers[at + 2] = zeroCount;
    let head = at + 3;
    let next = at + HEAD;
    for (const { spans, counts } of signs) {
      numbers[head++] = spans.length;
      numbers[head++] = counts.length;
      for (const { offset, length } of spans) {
        numbers[next++] = offset;
        numbers[next++] = length;
      }
      for (let i = 0; i < counts.length; i += 1) numbers[next++] = counts[i]!;
    }
    return at;
  }

  #reserve(length: number): void {
    this.#length += length;
    if (this.#length <= this.#numbers.length) return;
    const grown = new Float64Array(2 * this.#length);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}

/** The histogram whose numbers begin at `at`; throws where they don't fit. */
export function readNative(numbers: Float64Array, at: number): Omit<NativeHistogram, "exemplars"> {
  check(at >= 0 && at + HEAD <= numbers.length);
  const [schema, zeroThreshold, zeroCount, spans, counts, negativeSpans, negativeCounts] =
    numbers.subarray(at, at + HEAD) as unknown as [
      ...[number, number, number],
      ...[number, number, number, number],
    ];
  const negativeAt = at + HEAD + 2 * spans + counts;
  return {
    schema,
    zeroThreshold,
    zeroCount,
    positive: bucketsOf(numbers, at + HEAD, spans, counts),
    negative: bucketsOf(numbers, negativeAt, negativeSpans, negativeCounts),
  };
}

function bucketsOf(
  numbers: Float64Array,
  at: number,
  spanCount: number,
  countCount: number,
): NativeBuckets {
  const countsAt = at + 2 * spanCount;
  const end = countsAt + countCount;
  check(spanCount >= 0 && countCount >= 0 && end <= numbers.length);
  const spans = [];
  for (let i = at; i < countsAt; i += 2) {
    spans.push({ offset: numbers[i]!, length: numbers[i + 1]! });
  }
  return { spans, counts: Array.from(numbers.subarray(countsAt, end)) };
}
