/** Longer names are not compared: whoever gives one has not mistyped anything, and comparing takes time. */
const LONGEST = 40;

/** The distance of a name from its beginning (`labels` from `label`): between one mistyped letter and two. */
const CONTINUED = 1.5;

/**
 * The known name that was probably meant: one that begins with the given name or is its beginning, or
 * else the one from which the fewest letters differ, as long as these are no more than a third.
 */
export function nearMiss(given: string, known: Iterable<string>): string | undefined {
  if (given.length > LONGEST) return undefined;
  const wanted = plain(given);
  let nearest: string | undefined;
  let least = 1 + Math.max(1, Math.floor(wanted.length / 3));
  for (const name of known) {
    if (name.length > LONGEST) continue;
    const candidate = plain(name);
    const steps = Math.min(
      distance(wanted, candidate),
      continues(wanted, candidate) ? CONTINUED : Number.POSITIVE_INFINITY,
    );
    // Names of which no letter is the same, such as `a` and `b`, are not mistyped for each other.
    if (steps >= least || steps >= Math.max(wanted.length, candidate.length, 1)) continue;
    least = steps;
    nearest = name;
  }
  return nearest;
}

/** The end of a message, if a known name was probably meant. */
export function didYouMean(given: string, known: Iterable<string>): string | undefined {
  const name = nearMiss(given, known);
  return name === undefined ? undefined : `did you mean ${name}?`;
}

/** Without what people write differently: `labelnames`, `label_names`, `labelNames`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, "");
}

function continues(one: string, other: string): boolean {
  const isLong = Math.min(one.length, other.length) > 2;
  return isLong && (one.startsWith(other) || other.startsWith(one));
}

/** How many letters must be added, removed, replaced or swapped with the next one. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = last[j - 1]! + Number(from[i - 1] !== to[j - 1]);
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwapped ? beforeLast[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, replaced, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}
