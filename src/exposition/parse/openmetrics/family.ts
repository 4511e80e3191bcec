import type { Family, MetricType } from "../../../model/family.ts";
import { type LineReader, type Place, unescaped } from "../line-reader.ts";
import type { ParsedSample } from "../sample.ts";

/** What differs between the versions of OpenMetrics. */
export interface Version {
  readonly number: 1 | 2;
  /** The names that the family's samples may have. */
  sampleNames(family: OpenMetricsFamily): readonly string[];
  /** The names that no other family may have, nor its samples. */
  claimedNames(family: OpenMetricsFamily): readonly string[];
  /** The name under which the model knows the family. */
  modelName(family: OpenMetricsFamily): Pick<Family, "name" | "bare">;
  /** What is wrong with the family's metadata, if anything. */
  faultOfMetadata(family: OpenMetricsFamily): string | undefined;
  /** What is wrong with a sample by itself, if anything. */
  faultOfSample(family: OpenMetricsFamily, sample: ParsedSample): string | undefined;
  /** Checks the family's samples against each other. */
  newSequence(family: OpenMetricsFamily, line: LineReader): Sequence;
}

/** The samples of a family in the order of the page. */
export interface Sequence {
  /** Fails if the sample may not stand here. False if it repeats an earlier one and is to be dropped. */
  admits(sample: ParsedSample): boolean;
  /** Called after the last sample: fails if one is missing. */
  end?(): void;
}

/** A family that is being read. */
export class OpenMetricsFamily {
  readonly name: string;
  /** Whether the name was in quotes where it first appeared. */
  readonly quoted: boolean;
  /** The text of each TYPE, HELP and UNIT line, as it stands on the page. */
  readonly metadata = new Map<string, string>();
  readonly samples: ParsedSample[] = [];
  /** The family's latest line. */
  place: Place;
  /** Both are set by the first sample, when the metadata is complete. */
  sampleNames: readonly string[] | undefined;
  sequence: Sequence | undefined;

  constructor(name: string, quoted: boolean, place: Place) {
    this.name = name;
    this.quoted = quoted;
    this.place = place;
  }

  get type(): MetricType {
    return (this.metadata.get("TYPE") ?? "unknown") as MetricType;
  }

  get help(): string {
    return unescaped(this.metadata.get("HELP") ?? "");
  }

  get unit(): string {
    return this.metadata.get("UNIT") ?? "";
  }
}

/** What is wrong with a sample of an info or a state set, in both versions. */
export function faultOfInfoOrState(
  { name, type }: OpenMetricsFamily,
  { labels, value }: ParsedSample,
): string | undefined {
  if (type === "info" && value !== 1) return "an info's value is not 1";
  if (type !== "stateset") return undefined;
  if (!(name in labels)) return "a sample of a state set names no state";
  return value === 0 || value === 1 ? undefined : "a state's value is not 0 or 1";
}

/** Holds that the samples of one key stand together: a key may not come back after another one. */
export class Turns {
  readonly #line: LineReader;
  readonly #reason: string;
  readonly #seen = new Set<string>();
  #current: string | undefined;

  /** @param reason what the error says when a key comes back */
  constructor(line: LineReader, reason: string) {
    this.#line = line;
    this.#reason = reason;
  }

  /** Says whether the key differs from the one before. */
  changesTo(key: string): boolean {
    if (key === this.#current) return false;
    if (this.#seen.has(key)) this.#line.fail(this.#reason);
    this.#seen.add(key);
    this.#current = key;
    return true;
  }

  clear(): void {
    this.#seen.clear();
    this.#current = undefined;
  }
}

/** Both versions require that the samples of a series stand together. */
export function turnsOfSeries(line: LineReader): Turns {
  return new Turns(line, "other series stand between samples of its own");
}
