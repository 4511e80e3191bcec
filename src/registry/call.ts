/** A call of a user's function for a page: a callback, or a visit. */
export interface Call {
  /** Whose function it is. */
  readonly source: object;
  readonly registry: object;
  /** The call that asked for the page, where one did. */
  readonly within: Call | undefined;
}

/** The call under way at this moment. */
let current: Call | undefined;

/** The call that asks for the page that is asked for at this moment. */
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
 * Why a source of a registry has no part in a page that a call asks for; undefined where it has. Without
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
