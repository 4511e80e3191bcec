import type { Family, MetricType } from "../../model/family.ts";
import { type LineReader, type Place, unescaped } from "./line-reader.ts";
import type { ParsedSample } from "./parsed-family.ts";

/** What the versions of OpenMetrics do not share. */
export interface Version {
  readonly number: 1 | 2;
  /** The names that the samples of a family have. */
  sampleNames(family: OpenMetricsFamily): readonly string[];
  /** The names that no other family may have then, nor its samples. */
  claimedNames(family: OpenMetricsFamily): readonly string[];
  /** Fails where the family's metadata contradict each other. */
  rules(family: OpenMetricsFamily, line: LineReader): FamilyRules;
  /** The family's name in the model. */
  modelName(family: OpenMetricsFamily): Pick<Family, "name" | "bare">;
}

/** What the samples of one family must obey. */
export interface FamilyRules {
  /** Fails where the sample is wrong; says whether it adds anything to those before. */
  admits(sample: ParsedSample): boolean;
  /** No more samples will come: fails where one is missing. */
  end?(): void;
}

/** A family as far as it is read. */
export class OpenMetricsFamily {
  readonly name: string;
  /** Whether the name was in quotes where it first came. */
  readonly quoted: boolean;
  /** By keyword, as they stand on the page. */
  readonly metadata = new Map<string, string>();
  readonly samples: ParsedSample[] = [];
  /** Its newest line. */
  place: Place;
  /** These two come with the first sample, when the metadata are complete. */
  sampleNames: readonly string[] | undefined;
  rules: FamilyRules | undefined;

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
