/** A page that is being made. */
export interface Making {
  readonly registry: object;
  /** The call that asked for the page; undefined for a scrape from outside. */
  readonly askedBy: Call | undefined;
  /** How often each source took part in pages that were asked for from within such a page. */
  readonly nested: Map<object, number>;
}

/** A call of a user's function while a page is made: of a callback, or of a visit. */
export interface Call {
  /** The source whose function is called. */
  readonly source: object;
  readonly page: Making;
}

/** How often a source may be called for the pages of one scrape that are nested twice or deeper. */
const NESTED_CALLS = 4;

/** The call that runs at this moment. */
let current: Call | undefined;

/** A page of a registry that is asked for now: from outside, or by the call that runs. */
export function making(registry: object): Making {
  return { registry, askedBy: current, nested: current?.page.nested ?? new Map() };
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
 * Why a source is left out of a page that a call asks for; undefined if it is not. Without these rules,
 * functions that expose registries would call each other without end, or exponentially often.
 */
export function whyLeftOut(
  source: object,
  { registry, askedBy, nested }: Making,
): string | undefined {
  let depth = 0;
  let depthHere = 0;
  for (let call = askedBy; call !== undefined; call = call.page.askedBy) {
    if (call.source === source) return "it exposes the registry that it belongs to";
    depth += 1;
    if (call.page.registry === registry) depthHere += 1;
  }
  if (depthHere >= 2) {
    return "a function that exposes its own registry was called by another one that does";
  }
  if (depth < 2) return undefined;
  const calls = nested.get(source) ?? 0;
  if (calls >= NESTED_CALLS) return "functions that expose registries call it again and again";
  nested.set(source, calls + 1);
  return undefined;
}
