import type { PageSink } from "../exposition/render.ts";
import type { CountKeeper } from "../instruments/definition/define.ts";
import type { MetricSource } from "../model/sample-sink.ts";
import { processWide } from "../process-wide.ts";
import { type ConstantLabels, labelsWithout } from "./constant-labels.ts";
import { type AnyInstrument, type Families, isNamed } from "./families.ts";
import type { ForeignRules, Labels } from "./foreign/sink.ts";
import { type ForeignSource, ForeignVisit } from "./foreign/source.ts";
import type { OwnMetrics } from "./own-metrics.ts";

/** What a registry has. All fields that other registries use belong to the protocol between copies. */
export interface RegistryParts {
  readonly families: Families;
  /** What users registered, in their order. */
  readonly sources: Iterable<ForeignSource | IncludedRegistry>;
  readonly own: OwnMetrics;
  readonly labels: ConstantLabels;
  readonly pages: OwnReports;
  /** The group of processes or threads that its pages show; without one they show what it has itself. */
  readonly group: { member: PageGroup | undefined };
}

/** What a registry itself has, for other members of its group. */
interface OwnReports {
  /** Reads what must be fetched before it can be shown. */
  collect(deadlineMs: number): Promise<void>;
  /**
   * Writes all that it has at this moment.
   *
   * @param isScrape whether a scrape asks for it, which then counts what is missing
   * @param isLeftOut whether others have all of a source without it
   */
  report(sink: PageSink, isScrape: boolean, isLeftOut?: (source: object) => boolean): void;
}

/** Several processes or threads whose metrics are shown on one page. */
export interface PageGroup extends CountKeeper {
  /** What its members are. */
  readonly kind: "processes" | "threads";
  /** Whether its pages show other processes. */
  readonly hasProcesses: boolean;
  /** The registry has a metric; it may have had it before. */
  include?(instrument: AnyInstrument): void;
  /**
   * What all members have, this one included.
   *
   * @param isNested whether the page is part of another page of this registry that is being made
   */
  sum(isNested: boolean): MetricSource;
  /** Ends the membership; what has been counted stays in the totals of the others. */
  leave(): void;
}

/** Another registry, whose metrics are on the pages of the one that it is registered with. */
export interface IncludedRegistry {
  readonly included: RegistryParts;
}

/** The parts of all registries, those of other copies of this package included. */
export const PARTS = processWide("registries", () => new WeakMap<object, RegistryParts>());

/** What a page of the registry itself is made of. */
export type Registered = Omit<RegistryParts, "pages">;

/** Whether the pages of a registry show a group of processes or threads. */
export function isInGroup(registry: object): boolean {
  return PARTS.get(registry)?.group?.member !== undefined;
}

/** Whether the pages of a registry show a group of processes. */
export function isInProcesses(registry: object): boolean {
  return PARTS.get(registry)?.group?.member?.hasProcesses === true;
}

/**
 * What users registered with a registry, and all that the registries among it have. A registry is there
 * once, however it is reached: registries may include each other, and themselves.
 */
export function registeredWith(parts: Registered, rules: ForeignRules): ForeignVisit[] {
  return [...sourcesOf(parts, { names: [], values: [] }, rules, new Set<Registered>([parts]))];
}

/** @param outer the constant labels of the registries that include this one */
function* sourcesOf(
  { sources, labels }: Registered,
  outer: Labels,
  rules: ForeignRules,
  seen: Set<Registered>,
): Generator<ForeignVisit> {
  // Where both have a label of the same name, the registry's own counts, not that of one that includes it.
  const { names, values } = labelsWithout(outer, (name) => labels.names.includes(name));
  const all = { names: [...names, ...labels.names], values: [...values, ...labels.values] };
  for (const source of sources) {
    if (!("included" in source)) yield new ForeignVisit(source, all, rules);
    else if (!seen.has(source.included)) {
      seen.add(source.included);
      yield* allOf(source.included, all, rules, seen);
    }
  }
}

function* allOf(
  parts: RegistryParts,
  outer: Labels,
  rules: ForeignRules,
  seen: Set<Registered>,
): Generator<ForeignVisit> {
  const { families, labels } = parts;
  labels.areShown = true;
  // The registry's own labels are not added here, as its metrics have them already.
  const { names, values } = labelsWithout(outer, (name) => labels.names.includes(name));
  for (const instrument of families) {
    if (isNamed(instrument.family, rules.names)) {
      yield new ForeignVisit(instrument, { names, values }, rules);
    }
  }
  yield* sourcesOf(parts, outer, rules, seen);
}
