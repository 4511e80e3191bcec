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
  // A URL relative to that of the page could have a name and a password in it, which fetch refuses.
  const { origin, pathname } = location;
  const response = await fetch(`${origin}${pathname}?${parameters}`, {
    headers: { accept: "application/vnd.narthex.live+json" },
    cache: "no-store",
  });
  if (!response.ok) throw new Error(`the service answers with ${response.status}`);
  return response.json() as Promise<Answer>;
}
