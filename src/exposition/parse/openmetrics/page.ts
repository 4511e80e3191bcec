import { show } from "../../../errors.ts";
import type { MetricType } from "../../../model/family.ts";
import { readStart } from "../labels.ts";
import type { LineReader } from "../line-reader.ts";
import type { ParsedFamily } from "../parsed-family.ts";
import { readSample } from "../sample.ts";
import { OpenMetricsFamily, type Sequence, type Version } from "./family.ts";

const TYPES: readonly string[] = [
  "counter",
  "gauge",
  "histogram",
  "gaugehistogram",
  "summary",
  "info",
  "stateset",
  "unknown",
] satisfies MetricType[];

/** Reads a page of OpenMetrics, as strictly as its specification demands. */
export class OpenMetricsPage {
  readonly #line: LineReader;
  readonly #version: Version;
  readonly #families: ParsedFamily[] = [];
  readonly #claimed = new Set<string>();
  #open: OpenMetricsFamily | undefined;

  constructor(line: LineReader, version: Version) {
    this.#line = line;
    this.#version = version;
  }

  families(): ParsedFamily[] {
    const line = this.#line;
    while (line.next()) {
      if (!line.take("#")) this.#readSample();
      else if (this.#readMetadata() === "EOF") {
        this.#close();
        if (line.next()) line.fail("it comes after # EOF");
        return this.#families;
      }
    }
    return line.fail("the page does not end in # EOF");
  }

  #readSample(): void {
    const line = this.#line;
    const start = readStart(line);
    const family = this.#familyOf(start.name, start.quoted);
    const sequence = this.#sequenceOf(family);
    const sample = readSample(line, start, this.#version.number);
    const fault = this.#version.faultOfSample(family, sample);
    if (fault !== undefined) line.fail(fault);
    if (sequence.admits(sample)) family.samples.push(sample);
  }

  /** Reads the rest of a line that begins with `#`, and returns its keyword. */
  #readMetadata(): string {
    const line = this.#line;
    line.expect(" ", "OpenMetrics has no comments");
    const keyword = line.labelName();
    if (keyword === "EOF" && line.done) return keyword;
    if (keyword !== "TYPE" && keyword !== "HELP" && keyword !== "UNIT") {
      line.fail("OpenMetrics has no comments");
    }
    const form = `${keyword} is not followed by a name and a text, each after one space`;
    line.expect(" ", form);
    const quoted = line.take('"');
    const name = quoted ? line.quoted() : line.metricName();
    if (name === "") line.fail(form);
    line.expect(" ", form);
    const text = line.rest();
    const family =
      this.#open?.name === name ? this.#goOn(this.#open, quoted) : this.#begin(name, quoted);
    if (family.sequence !== undefined) line.fail("it comes after samples of its family");
    if (family.metadata.has(keyword)) line.fail(`the family has a ${keyword} already`);
    if (keyword === "TYPE" && !TYPES.includes(text)) line.fail("there is no such type");
    family.metadata.set(keyword, text);
    return keyword;
  }

  /** The open family if it has samples of this name, or else a new one of unknown type. */
  #familyOf(sample: string, quoted: boolean): OpenMetricsFamily {
    const family = this.#open;
    if (family === undefined) return this.#begin(sample, quoted);
    family.sampleNames ??= this.#version.sampleNames(family);
    return family.sampleNames.includes(sample)
      ? this.#goOn(family, quoted)
      : this.#begin(sample, quoted);
  }

  #begin(name: string, quoted: boolean): OpenMetricsFamily {
    this.#close();
    this.#open = new OpenMetricsFamily(name, quoted, this.#line.place);
    return this.#open;
  }

  #goOn(family: OpenMetricsFamily, quoted: boolean): OpenMetricsFamily {
    family.place = this.#line.place;
    if (this.#version.number === 2 && family.quoted !== quoted) {
      this.#line.fail("the family's name is in quotes in one line, and not in another");
    }
    return family;
  }

  /** Checks the family's metadata the first time, as no more of it may follow. */
  #sequenceOf(family: OpenMetricsFamily): Sequence {
    if (family.sequence !== undefined) return family.sequence;
    for (const name of this.#version.claimedNames(family)) {
      if (this.#claimed.has(name)) {
        this.#line.fail(`${show(name)} is of another family already`, family.place);
      }
      this.#claimed.add(name);
    }
    const fault = this.#version.faultOfMetadata(family);
    if (fault !== undefined) this.#line.fail(fault, family.place);
    family.sequence = this.#version.newSequence(family, this.#line);
    return family.sequence;
  }

  #close(): void {
    const family = this.#open;
    if (family === undefined) return;
    this.#sequenceOf(family).end?.();
    const { help, type, unit, samples } = family;
    this.#families.push({
      ...this.#version.modelName(family),
      help,
      type,
      ...(unit === "" ? {} : { unit }),
      samples,
    });
  }
}
