import { show } from "../../errors.ts";
import type { MetricType } from "../../model/family.ts";
import { ownLabel, readStart } from "./labels.ts";
import { type LineReader, parseNumber, unescaped } from "./line-reader.ts";
import { type ParsedFamily, withoutSuffix } from "./parsed-page.ts";
import { NO_EXEMPLARS, type ParsedSample } from "./sample.ts";

const TYPES: ReadonlyMap<string, MetricType> = new Map([
  ["counter", "counter"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["summary", "summary"],
  ["untyped", "unknown"],
]);

/** A help text, unlike a label value, does not escape quotes. */
const HELP_ESCAPES = /\\([\\n])/g;

interface TextFamily {
  readonly name: string;
  type: MetricType | undefined;
  help: string | undefined;
  readonly samples: ParsedSample[];
}

/** Reads a page of the text formats 0.0.4 and 1.0.0, as tolerantly as Prometheus does. */
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
      if (line.take("#")) this.#readComment();
      else this.#add(readTextSample(line));
    }
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

  /** Reads the rest of a line that begins with `#`. */
  #readComment(): void {
    const line = this.#line;
    if (!line.blanks()) return;
    const keyword = line.labelName();
    if ((keyword !== "HELP" && keyword !== "TYPE") || !line.blanks()) return;
    const name = line.take('"') ? line.quoted() : line.metricName();
    if (name === "") line.fail(`${keyword} is not followed by a metric's name`);
    if (!line.done && !line.take(" ") && !line.take("\t")) {
      line.fail("after the name there is no blank");
    }
    const text = line.rest();
    if (keyword === "TYPE") this.#setType(this.#familyNamed(name), text);
    else if (text !== "") this.#setHelp(this.#familyNamed(name), text);
  }

  #setType(family: TextFamily, text: string): void {
    const line = this.#line;
    if (family.type !== undefined) line.fail("the family has a TYPE already");
    if (family.samples.length > 0) line.fail("it comes after samples of its family");
    family.type = TYPES.get(text) ?? line.fail(`there is no type ${show(text)}`);
  }

  #setHelp(family: TextFamily, text: string): void {
    if (family.help !== undefined) this.#line.fail("the family has a HELP already");
    family.help = unescaped(text, HELP_ESCAPES);
  }

  #add(sample: ParsedSample): void {
    const { name, labels } = sample;
    const family = this.#familyOf(name);
    const own = ownLabel({ name: family.name, type: family.type ?? "unknown" }, name);
    if (own !== undefined && own in labels && parseNumber(labels[own]!) === undefined) {
      this.#line.fail(`the label ${own} is not a number`);
    }
    family.samples.push(sample);
  }

  /** The family of this name, or the histogram or summary that has such a part. */
  #familyOf(sample: string): TextFamily {
    const family = this.#families.get(sample);
    if (family !== undefined) return family;
    for (const suffix of ["_bucket", "_count", "_sum"]) {
      if (!sample.endsWith(suffix)) continue;
      const whole = this.#families.get(sample.slice(0, -suffix.length));
      if (whole?.type === "histogram") return whole;
      if (whole?.type === "summary" && suffix !== "_bucket") return whole;
    }
    return this.#familyNamed(sample);
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

function readTextSample(line: LineReader): ParsedSample {
  const { name, labels } = readStart(line);
  line.gap();
  const value = line.number("the value");
  line.gap();
  const timestamp = line.done ? Number.NaN : line.integer("the timestamp") / 1000;
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
