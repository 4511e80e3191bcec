/** What the process tells, as `src/live/view.ts` sends it. */

export type Labels = readonly (readonly [name: string, value: string])[];

export interface Family {
  readonly name: string;
  readonly exposed: string;
  readonly type: string;
  readonly help: string;
  readonly unit?: string;
  readonly series: number;
}

interface RequestNames {
  readonly requests?: string;
  readonly duration?: string;
  readonly inFlight?: string;
  readonly status?: string;
  readonly isNative: boolean;
}

export interface Index {
  readonly id: string;
  readonly historySeconds: number;
  readonly traceUrl?: string;
  readonly pid?: number;
  readonly runtime?: string;
  readonly uptime?: number;
  readonly labels: Labels;
  readonly http?: RequestNames;
  readonly hasRequests: boolean;
  readonly failures: number;
  readonly objectives: readonly Objective[];
  readonly families: readonly Family[];
}

/** An objective, with its events since the start of the process. */
export interface Objective {
  readonly name: string;
  readonly target: number;
  readonly periodDays: number;
  readonly description: string;
  readonly good: number;
  readonly total: number;
  readonly query: string;
}

export interface Row {
  readonly seconds: number;
  readonly count: number;
  readonly sum: number;
  readonly schema?: number;
  readonly buckets: readonly number[];
}

export interface Exemplar {
  readonly time: number;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

type Numbers = readonly (number | null)[];

export interface Rows {
  readonly type?: string;
  readonly series?: number;
  readonly total?: Numbers;
  readonly tracks?: readonly { readonly labels: Labels; readonly values: Numbers }[];
  readonly bounds?: readonly number[];
  readonly rows?: readonly (Row | null)[];
  readonly exemplars?: readonly Exemplar[];
}

export interface RowsAnswer {
  readonly id: string;
  readonly times: readonly number[];
  readonly overview: Readonly<Record<string, Rows>>;
  readonly objectives: Readonly<Record<string, Rows>>;
  readonly families: Readonly<Record<string, Rows>>;
}

export interface ListedRequest {
  readonly time: number;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly outcome: string;
  readonly seconds: number;
  readonly traceId?: string;
}

export interface SeriesAnswer {
  readonly all: number;
  readonly found: number;
  readonly offset: number;
  readonly labels: readonly (readonly [name: string, values: number])[];
  readonly series: readonly {
    readonly labels: Labels;
    readonly value: number | null;
    readonly mean?: number | null;
    readonly states?: readonly string[];
  }[];
}

export interface Cardinality {
  readonly series: number;
  readonly families: readonly {
    readonly name: string;
    readonly type: string;
    readonly series: number;
    readonly limit?: number | null;
    readonly labels: readonly (readonly [name: string, values: number])[];
  }[];
  readonly overflows: readonly { readonly family: string; readonly value: number }[];
  readonly lost: readonly { readonly family: string; readonly value: number }[];
  readonly invalid: readonly { readonly family: string; readonly value: number }[];
  readonly errors: readonly {
    readonly family?: string;
    readonly message: string;
    readonly times: number;
    readonly last: number;
  }[];
}

/** Asks the URL of the page itself for numbers. */
export async function ask<Answer>(
  live: string,
  query: Iterable<[string, string]> = [],
): Promise<Answer> {
  const parameters = new URLSearchParams([["live", live], ...query]);
  const response = await fetch(`?${parameters}`, {
    headers: { accept: "application/vnd.narthex.live+json" },
    cache: "no-store",
  });
  if (!response.ok) throw new Error(`the service answers with ${response.status}`);
  return response.json() as Promise<Answer>;
}

export interface Line {
  readonly labels: Labels;
  readonly values: (number | null)[];
}

/** The history of one family as far as the page knows it. */
export class Store {
  readonly times: number[] = [];
  readonly total: (number | null)[] = [];
  readonly lines = new Map<string, Line>();
  readonly rows: (Row | null)[] = [];
  bounds: readonly number[] = [];
  exemplars: readonly Exemplar[] = [];

  get last(): number {
    return this.times.at(-1) ?? 0;
  }

  append(times: readonly number[], given: Rows, oldest: number): void {
    const from = times.findIndex((time) => time > this.last);
    this.bounds = given.bounds ?? this.bounds;
    this.exemplars = given.exemplars ?? this.exemplars;
    if (from >= 0) {
      const before = this.times.length;
      const added = times.length - from;
      this.times.push(...times.slice(from));
      append(this.total, given.total, from, added);
      append(this.rows, given.rows, from, added);
      for (const { labels, values } of given.tracks ?? []) {
        const key = JSON.stringify(labels);
        const line = this.lines.get(key) ?? { labels, values: nulls(before) };
        this.lines.set(key, line);
        line.values.push(...values.slice(from));
      }
      for (const line of this.lines.values()) {
        line.values.push(...nulls(this.times.length - line.values.length));
      }
    }
    this.#forget(oldest);
  }

  #forget(oldest: number): void {
    const old = this.times.findIndex((time) => time >= oldest);
    // In one go now and then, as all arrays move.
    if (old < 30) return;
    for (const list of [this.times, this.total, this.rows]) list.splice(0, old);
    for (const [key, line] of this.lines) {
      line.values.splice(0, old);
      if (line.values.every((value) => value === null)) this.lines.delete(key);
    }
  }
}

function append<T>(
  to: (T | null)[],
  given: readonly (T | null)[] | undefined,
  from: number,
  added: number,
): void {
  to.push(...(given?.slice(from) ?? nulls(added)));
}

function nulls(count: number): null[] {
  return new Array<null>(Math.max(count, 0)).fill(null);
}
