/** Factors, each with its levels, such as `{ node: ["20", "22"] }`. */
export type Factors = Readonly<Record<string, readonly string[]>>;

export type Row<F extends Factors> = { readonly [Name in keyof F]: F[Name][number] };

/** Every combination of levels that is valid. */
export function allRows<const F extends Factors>(
  factors: F,
  isValid: (row: Row<F>) => boolean,
): Row<F>[] {
  const rows = Object.entries(factors).reduce<Record<string, string>[]>(
    (rows, [name, levels]) =>
      rows.flatMap((row) => levels.map((level) => ({ ...row, [name]: level }))),
    [{}],
  );
  return (rows as Row<F>[]).filter(isValid);
}

/**
 * Few of the rows, in which each pair of levels that is in any row is still there: again and again
 * the row with the most pairs that none before it had.
 */
export function pairwise<R extends Readonly<Record<string, string>>>(rows: readonly R[]): R[] {
  const missing = new Set(rows.flatMap(pairsOf));
  const chosen: R[] = [];
  while (missing.size > 0) {
    const gains = rows.map((row) => pairsOf(row).filter((pair) => missing.has(pair)).length);
    const best = rows[gains.indexOf(Math.max(...gains))]!;
    for (const pair of pairsOf(best)) missing.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

function pairsOf(row: Readonly<Record<string, string>>): string[] {
  const levels = Object.entries(row).map(([name, level]) => `${name}=${level}`);
  return levels.flatMap((one, index) => levels.slice(index + 1).map((other) => `${one} ${other}`));
}
