/** A call of a user's function while a page is made: of a callback, or of a visit. */
export interface Call {
  /** The source whose function is called. */
  readonly source: object;
  readonly registry: object;
  /** The call that asked for the page; undefined for a scrape from outside. */
  readonly within: Call | undefined;
}

/** The call that runs at this moment. */
let current: Call | undefined;

/** The call in which a page is being asked for; undefined outside of calls. */
export function askingCall(): Call | undefined {
  return current;
}

export function during<Result>(call: Call, work: () => Result): Result {
  const before = current;
  current = call;
  try {
    return work();
  } finally {
    current = before;
  }
}

/**
 * Why a source of a registry is left out of a page that a call asks for; undefined if it is not. Without
 * these rules, functions that expose their own registry would call each other without end.
 */
export function whyLeftOut(source: object, registry: object, call: Call): string | undefined {
  let depth = 0;
  for (let one: Call | undefined = call; one !== undefined; one = one.within) {
    if (one.source === source) return "it exposes the registry that it belongs to";
    if (one.registry === registry) depth += 1;
  }
  if (depth < 2) return undefined;
  return "a function that exposes its own registry was called by another one that does";
}
