import type { Layout } from "../region/layout.ts";
import type { Report, Rows } from "../region/reader.ts";

/** Metrics of a process, which are the same in all of its threads and registries. */
const OF_PROCESS =
  /(?:^|_)process_(?:start_time_seconds|cpu_(?:user_|system_)?seconds|(?:resident|virtual)_memory_bytes|heap_bytes|(?:open|max)_fds)$/;
/** Metrics of a thread, which are the same in all of its registries. */
const OF_THREAD =
  /(?:^|_)nodejs_(?:heap_(?:space_)?size_(?:total|used|available)_bytes|external_memory_bytes|gc_duration_seconds|active_(?:resources|handles|requests)(?:_total)?)$/;

/** Labels by which one registry tells its series of these metrics from each other. */
const OWN_LABELS = new Set(["space", "kind", "type"]);

/** Where a member's registry is. */
export interface Place {
  /** Tells its process from others. */
  readonly process: string;
  /** The id of its thread, as Node.js counts them. */
  readonly thread: number;
}

/**
 * The reports of members, in which metrics that a process or a thread has once are in one report only: several
 * registries of a process may collect them.
 *
 * @param members of those that have a metric, the first keeps it
 */
export function countedOnce<Member extends { readonly report: Report }>(
  members: readonly Member[],
  placeOf: (member: Member) => Place,
): ReadonlyMap<Member, Report> {
  const first = new Map<string, Member>();
  return new Map(
    members.map((member) => {
      const place = placeOf(member);
      const isFirst = (rows: Rows) => {
        const key = keyOf(rows, place);
        if (key === undefined) return true;
        if (!first.has(key)) first.set(key, member);
        return first.get(key) === member;
      };
      return [member, withRows(member.report, isFirst)];
    }),
  );
}

/** What a thread has counted itself: the rest is of its process, which goes on. */
export function ofThreadAlone(report: Report): Report {
  return withRows(report, ({ series }) => scopeOf(series.layout) !== "process");
}

/** The same report if it has these rows only. */
function withRows(report: Report, isWanted: (rows: Rows) => boolean): Report {
  const rows = report.rows.filter(isWanted);
  return rows.length === report.rows.length ? report : { ...report, rows };
}

/** The same for rows of which one process or thread has one; undefined for others. */
function keyOf({ series, ids }: Rows, { process, thread }: Place): string | undefined {
  const { layout, values } = series;
  const scope = scopeOf(layout);
  if (scope === undefined || ids.length === 0) return undefined;
  const labels = layout.labelNames.map((name, i) =>
    OWN_LABELS.has(name) ? [] : [name, values[ids[0]!]![i]],
  );
  return JSON.stringify([process, scope === "thread" && thread, layout.family.name, labels]);
}

const scopes = new WeakMap<Layout, "process" | "thread" | undefined>();

function scopeOf(layout: Layout): "process" | "thread" | undefined {
  if (scopes.has(layout)) return scopes.get(layout);
  const { name } = layout.family;
  const scope = OF_PROCESS.test(name) ? "process" : OF_THREAD.test(name) ? "thread" : undefined;
  scopes.set(layout, scope);
  return scope;
}
