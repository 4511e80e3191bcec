import { ask, type Exemplar, type Labels, type Row, type Rows, type RowsAnswer } from "./data.ts";

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

/** The histories that the page shows. They are of one process: numbers of another don't go with them. */
export class Histories {
  /** Those of the overview's charts, and of the objectives, by their names. */
  readonly overview: Record<string, Store> = {};
  readonly objectives: Record<string, Store> = {};
  /** Those of families, of which only what is seen is asked for. */
  readonly families = new Map<string, Store>();
  #process: string | undefined;

  /** The newest time of which anything is known, in milliseconds; 0 at first. */
  get newest(): number {
    return Math.max(...Object.values(this.overview).map(({ last }) => last), 0);
  }

  /** Forgets what another process has told. */
  belongTo(process: string): void {
    if (process === this.#process) return;
    this.#process = process;
    this.families.clear();
    for (const known of [this.overview, this.objectives]) {
      for (const name of Object.keys(known)) delete known[name];
    }
  }

  /**
   * Asks for what is new of all that is known, and for all of what is not.
   *
   * @param wanted the families that are seen
   */
  async load(wanted: ReadonlySet<string>, historySeconds: number): Promise<void> {
    for (const name of this.families.keys()) if (!wanted.has(name)) this.families.delete(name);
    const known = [...wanted].filter((name) => this.families.has(name));
    const fresh = [...wanted].filter((name) => !this.families.has(name));
    const all = [...Object.values(this.overview), ...this.families.values()];
    const since = all.length === 0 ? 0 : Math.min(...all.map(({ last }) => last));
    const oldest = Date.now() - historySeconds * 1000;
    await Promise.all([
      this.#take(since, known, oldest),
      ...(fresh.length > 0 && all.length > 0 ? [this.#take(0, fresh, oldest)] : []),
    ]);
  }

  async #take(since: number, names: readonly string[], oldest: number): Promise<void> {
    const answer = await ask<RowsAnswer>("rows", [
      ["since", String(since)],
      ...names.map((name): [string, string] => ["name", name]),
    ]);
    if (answer.id !== this.#process) return;
    const { times } = answer;
    for (const [stores, given] of [
      [this.overview, answer.overview],
      [this.objectives, answer.objectives],
    ] as const) {
      for (const [name, rows] of Object.entries(given)) {
        stores[name] ??= new Store();
        stores[name].append(times, rows, oldest);
      }
    }
    for (const [name, rows] of Object.entries(answer.families)) {
      const store = this.families.get(name) ?? new Store();
      this.families.set(name, store);
      store.append(times, rows, oldest);
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
