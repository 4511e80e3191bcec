import { show } from "../../errors.ts";
import type { MetricType } from "../../model/family.ts";
import { ownLabel, readStart } from "./labels.ts";
import { type LineReader, parseNumber, unescaped } from "./line-reader.ts";
import { type ParsedFamily, withoutSuffix } from "./parsed-family.ts";
import { NO_EXEMPLARS, type ParsedSample } from "./sample.ts";

const TYPES: ReadonlyMap<string, MetricType> = new Map([
  ["counter", "counter"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["summary", "summary"],
  ["untyped", "unknown"],
]);

/** The suffixes of the parts of a histogram or summary. */
const PARTS = ["_bucket", "_count", "_sum"];

/** A help text, unlike a label value, does not escape quotes. */
const HELP_ESCAPES = /\\([\\n])/g;

/** Prometheus takes this character for the end of the page, unless it is in a text. */
const END = "\0";

interface TextFamily {
  readonly name: string;
  type: MetricType | undefined;
  help: string | undefined;
  samples: ParsedSample[];
}

/**
 * Reads a page of the text formats 0.0.4 and 1.0.0 as Prometheus does. A TYPE or HELP may come after
 * samples of its family, and again: the last one counts.
 */
export class TextPage {
  readonly #line: LineReader;
  readonly #families = new Map<string, TextFamily>();

  constructor(line: LineReader) {
    this.#line = line;
  }

  families(): ParsedFamily[] {
    const line = this.#line;
    while (line.next()) {
      line.gap();
      if (line.done) continue;
      if (line.take(END)) break;
      if (line.take("#")) {
        if (!this.#readComment()) break;
      } else {
        this.#add(readTextSample(line));
      }
    }
    this.#joinParts();
    return Array.from(
      this.#families.values(),
      ({ name, type = "unknown", help = "", samples }) => ({
        ...withoutSuffix(name, type),
        help,
        type,
        samples,
      }),
    );
  }

  /** Reads the rest of a line that begins with `#`; false where the page ends with it. */
  #readComment(): boolean {
    const line = this.#line;
    if (!line.blanks()) return !line.rest().includes(END);
    if (line.take(END)) return false;
    const keyword = line.labelName();
    if ((keyword !== "HELP" && keyword !== "TYPE") || !line.blanks()) return true;
    const name = line.take('"') ? line.quotedBytes() : line.metricName();
    if (name === "") line.fail(`${keyword} is not followed by a metric's name`);
    // Whatever character follows the name, Prometheus takes it for a blank.
    const text = keyword === "HELP" ? line.text() : line.rest().replace(/^[ \t]+$/, "");
    if (text.charCodeAt(0) > 0x7f || text.startsWith(END)) {
      line.fail("after the name there is no blank");
    }
    const type = keyword === "TYPE" ? typeOf(line, text.slice(1)) : undefined;
    if (!line.syntax.lateMetadata) this.#checkDue(keyword, name);
    // Prometheus does not look at the name here, and no sample can have one that is not UTF-8.
    if (!name.isWellFormed()) return true;
    const family = this.#familyNamed(name);
    if (type !== undefined) family.type = type;
    else family.help = unescaped(text.slice(1), HELP_ESCAPES);
    return true;
  }

  /** Fails where the HELP or TYPE comes again, or the TYPE comes too late. */
  #checkDue(keyword: "HELP" | "TYPE", name: string): void {
    const family = this.#families.get(name);
    if (family === undefined) return;
    const { help, type, samples } = family;
    if ((keyword === "HELP" ? help : type) !== undefined) {
      this.#line.fail(`the family has a ${keyword} already`);
    }
    if (keyword === "TYPE" && samples.length > 0) {
      this.#line.fail("it comes after samples of its family");
    }
  }

  #add(sample: ParsedSample): void {
    const { name, labels } = sample;
    const family = this.#families.get(name) ?? this.#wholeOf(name) ?? this.#familyNamed(name);
    family.samples.push(sample);
    if (this.#line.syntax.anyBounds) return;
    const own = ownLabel({ name: family.name, type: family.type ?? "unknown" }, name);
    if (own !== undefined && own in labels && parseNumber(labels[own]!) === undefined) {
      this.#line.fail(`the label ${own} is not a number`);
    }
  }

  /** Gives samples that have no family of their own to the histogram or summary that they are part of. */
  #joinParts(): void {
    const joined = new Set<TextFamily>();
    for (const family of this.#families.values()) {
      const whole = family.type ?? family.help ?? this.#wholeOf(family.name);
      if (typeof whole !== "object") continue;
      this.#families.delete(family.name);
      whole.samples = whole.samples.concat(family.samples);
      joined.add(whole);
    }
    for (const { samples } of joined) samples.sort((a, b) => a.line - b.line);
  }

  /** The histogram or summary that has such a part. */
  #wholeOf(part: string): TextFamily | undefined {
    const suffix = PARTS.find((each) => part.endsWith(each));
    if (suffix === undefined) return undefined;
    const whole = this.#families.get(part.slice(0, -suffix.length));
    const isWhole =
      whole?.type === "histogram" || (whole?.type === "summary" && suffix !== "_bucket");
    return isWhole ? whole : undefined;
  }

  #familyNamed(name: string): TextFamily {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { name, type: undefined, help: undefined, samples: [] };
      this.#families.set(name, family);
    }
    return family;
  }
}

function typeOf(line: LineReader, text: string): MetricType {
  return TYPES.get(text) ?? line.fail(`there is no type ${show(text)}`);
}

function readTextSample(line: LineReader): ParsedSample {
  const { name, labels } = readStart(line);
  line.gap();
  const value = line.number("the value");
  line.gap();
  const timestamp = line.done ? Number.NaN : line.milliseconds("the timestamp") / 1000;
  line.gap();
  if (!line.done) line.fail("it goes on where it should end");
  return {
    name,
    labels,
    value,
    composite: undefined,
    timestamp,
    created: Number.NaN,
    exemplars: NO_EXEMPLARS,
    line: line.place.number,
  };
}
