import { faultOfBuckets } from "./composite-rules.ts";
import type { CumulativeBucket } from "./composite-value.ts";
import type { LineReader } from "./line-reader.ts";
import { parseNumber } from "./number.ts";
import type { OpenMetricsFamily } from "./openmetrics-family.ts";
import type { ParsedSample } from "./parsed-family.ts";

/** The samples of one histogram at one time, which must agree with each other. */
export class HistogramPoint {
  readonly #family: OpenMetricsFamily;
  readonly #line: LineReader;
  readonly #buckets: CumulativeBucket[] = [];
  #count: number | undefined;
  #sum: number | undefined;
  #place;

  constructor(family: OpenMetricsFamily, line: LineReader) {
    this.#family = family;
    this.#line = line;
    this.#place = line.place;
  }

  add({ name, labels, value }: ParsedSample): void {
    this.#place = this.#line.place;
    const suffix = name.slice(this.#family.name.length);
    if (suffix === "_bucket") this.#buckets.push({ bound: parseNumber(labels.le!)!, count: value });
    else if (suffix === "_count" || suffix === "_gcount") this.#count = value;
    else if (suffix === "_sum" || suffix === "_gsum") this.#sum = value;
  }

  end(): void {
    const fault = this.#fault();
    if (fault !== undefined) this.#line.fail(fault, this.#place);
  }

  #fault(): string | undefined {
    if ((this.#count === undefined) !== (this.#sum === undefined)) {
      return "its histogram has one of count and sum, and not the other";
    }
    const hasNegative = this.#buckets.some(({ bound }) => bound < 0);
    if (this.#sum !== undefined) {
      const gauge = this.#family.type === "gaugehistogram";
      if (!gauge && hasNegative) return "its histogram has a sum, and buckets below zero";
      if (gauge && !hasNegative && this.#sum < 0) {
        return "its histogram's sum is negative, and no bucket is below zero";
      }
    }
    return faultOfBuckets(this.#buckets, this.#count, false);
  }
}
