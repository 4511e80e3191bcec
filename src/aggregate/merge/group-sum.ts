import type { Family } from "../../model/family.ts";
import type { MetricSource, SampleSink } from "../../model/sample-sink.ts";
import { OVERFLOW_VALUE } from "../../series/series-table.ts";
import type { Layout } from "../region/layout.ts";
import type { Report, Rows } from "../region/reader.ts";
import { HistogramTotals } from "./histogram-totals.ts";
import { Positions } from "./positions.ts";
import { type Allocate, SumMemory } from "./sum-memory.ts";
import { SummaryTotals } from "./summary-totals.ts";
import { CounterTotals, GaugeTotals, InfoTotals, StateSetTotals, type Totals } from "./totals.ts";

/** Fewer positions without a series are not worth finding all of them anew. */
const MIN_STALE = 1000;

/** What a member of the group has reported. */
export interface MemberReport {
  /** What tells its gauges from those of others, where each of them is shown. */
  readonly process: string;
  /** Whether it still runs. Only counts stay of a member that does not. */
  readonly isAlive: boolean;
  readonly report: Report;
}

/** Types that count, so that what a member counted stays when it ends. */
const COUNTING = new Set(["counter", "histogram", "summary"]);

export function isCounting({ type }: Family): boolean {
  return COUNTING.has(type);
}

/** A definition of a family that differs from the one on the page. */
export interface Disagreement {
  readonly shown: Layout;
  readonly other: Layout;
}

interface Part {
  readonly member: MemberReport;
  readonly rows: Rows;
}

/** Adds up what the members of a group have. */
export class GroupSum {
  /** The positions of each family's series, for as long as its type is the same. */
  readonly #positions = new Map<string, Positions>();
  readonly #memory = new SumMemory();
  readonly #onDisagreement: (disagreement: Disagreement) => void;

  /** @param onDisagreement is called for each definition that differs from the one that is shown */
  constructor(onDisagreement: (disagreement: Disagreement) => void = () => {}) {
    this.#onDisagreement = onDisagreement;
  }

  /**
   * The sum, which does not change any more. It can be written until the next sum is asked for, or later if it was
   * not written before that.
   *
   * @param members those whose definitions take precedence come first
   */
  of(members: readonly MemberReport[]): MetricSource {
    const { allocate, written } = this.#memory.begin();
    const totals: Totals[] = [];
    for (const parts of byFamily(members)) totals.push(this.#totals(parts, allocate));
    return {
      *visit(sink: SampleSink): Generator<void> {
        for (const one of totals) yield* one.visit(sink);
        written();
      },
    };
  }

  #totals(parts: readonly Part[], allocate: Allocate): Totals {
    const shown = (parts.find(({ rows }) => rows.ids.length > 0) ?? parts[0]!).rows.series.layout;
    const { family } = shown;
    const fitting = parts.filter(({ rows }) => rows.series.layout.family.type === family.type);
    this.#compare(shown, parts);
    const positions = this.#positionsOf(family, fitting);
    const places = fitting.map(({ member, rows }) =>
      positions.of(rows.series, family.aggregate === "each" ? processOf(member, rows) : undefined),
    );
    const limited = withinLimit(family, positions, fitting, places);
    const totals = makeTotals(family, positions, shapeOf(shown, fitting), allocate);
    for (const [i, { rows }] of fitting.entries()) totals.add(rows, limited[i]!);
    return totals;
  }

  #positionsOf({ name, type, aggregate }: Family, parts: readonly Part[]): Positions {
    const key = `${type} ${aggregate === "each"} ${name}`;
    let positions = this.#positions.get(key);
    const rows = parts.reduce((count, part) => count + part.rows.ids.length, 0);
    if (positions === undefined || positions.size > 2 * rows + MIN_STALE) {
      positions = new Positions();
      this.#positions.set(key, positions);
    }
    return positions;
  }

  #compare(shown: Layout, parts: readonly Part[]): void {
    const known = new Set<Layout>([shown]);
    const text = definitionOf(shown);
    for (const { rows } of parts) {
      const other = rows.series.layout;
      // Of a family without series, nothing but the family is known.
      if (known.has(other) || rows.ids.length === 0) continue;
      known.add(other);
      if (definitionOf(other) !== text) this.#onDisagreement({ shown, other });
    }
  }
}

/** What members report, by the names of the families. */
function byFamily(members: readonly MemberReport[]): Iterable<readonly Part[]> {
  const families = new Map<string, Part[]>();
  for (const member of members) {
    for (const rows of member.report.rows) {
      const { family } = rows.series.layout;
      if (!member.isAlive && !isCounting(family)) continue;
      const parts = families.get(family.name);
      if (parts === undefined) families.set(family.name, [{ member, rows }]);
      else parts.push({ member, rows });
    }
  }
  return families.values();
}

function processOf(member: MemberReport, { series }: Rows): string {
  return series.layout.process ?? member.process;
}

function definitionOf({ family, shape }: Layout): string {
  return JSON.stringify([family, shape]);
}

function makeTotals(
  family: Family,
  positions: Positions,
  shape: Layout["shape"],
  allocate: Allocate,
): Totals {
  switch (family.type) {
    case "counter":
      return new CounterTotals(family, positions, allocate);
    case "histogram":
    case "gaugehistogram":
      return new HistogramTotals(family, positions, shape as readonly number[], allocate);
    case "summary":
      return new SummaryTotals(family, positions, shape as readonly number[], allocate);
    case "info":
      return new InfoTotals(family, positions, allocate);
    case "stateset":
      return new StateSetTotals(family, positions, shape as readonly string[], allocate);
    default:
      return new GaugeTotals(family, positions, allocate);
  }
}

/** The bounds or states that living members have, and those of the first member's quantiles. */
function shapeOf(shown: Layout, parts: readonly Part[]): Layout["shape"] {
  const { type } = shown.family;
  if (type === "summary") return shown.shape;
  const living = parts.filter(({ member, rows }) => member.isAlive && rows.ids.length > 0);
  const from = living.length > 0 ? living : parts;
  const all = [...new Set(from.flatMap(({ rows }) => rows.series.layout.shape))];
  return type === "stateset" ? all : (all as number[]).sort((a, b) => a - b);
}

/**
 * The positions of the members' series, where those past the family's limit share one. The oldest are
 * kept, so that every process that adds up keeps the same.
 */
function withinLimit(
  { limit = Number.POSITIVE_INFINITY }: Family,
  positions: Positions,
  parts: readonly Part[],
  places: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  if (positions.size <= limit) return places;
  const used = new Set<number>();
  for (const [i, { rows }] of parts.entries()) {
    for (const id of rows.ids) used.add(places[i]![id]!);
  }
  if (used.size <= limit) return places;
  const overflow = overflowOf(positions, used);
  used.delete(overflow);
  const { createds, keys } = positions;
  const oldest = [...used].sort(
    (a, b) => createds[a]! - createds[b]! || (keys[a]! < keys[b]! ? -1 : 1),
  );
  const kept = new Set(oldest.slice(0, limit));
  return places.map((of) => of.map((place) => (kept.has(place) ? place : overflow)));
}

/** The position of the series that has the rest: labels that all series have in common stay. */
function overflowOf(positions: Positions, used: ReadonlySet<number>): number {
  const { labelNames, labelValues } = positions;
  const [first] = used;
  const names = labelNames[first!]!;
  const values = names.map((name, i) => {
    const value = labelValues[first!]![i]!;
    const isCommon = [...used].every(
      (position) => labelValues[position]![labelNames[position]!.indexOf(name)] === value,
    );
    return isCommon ? value : OVERFLOW_VALUE;
  });
  return positions.find(names, values);
}
