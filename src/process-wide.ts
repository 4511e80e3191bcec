import { warn } from "./warn.ts";

/**
 * The version of the protocol by which copies of this package share their objects in one process. A
 * bundle, a hot reload, a nested dependency or a test runner loads the package again, and a request
 * must still be counted once: so copies find each other's objects and call their members.
 *
 * The members that copies use of each other's objects are the protocol. Those of the registry, of
 * recorders, and of what is kept on connections, requests and servers are listed in
 * process-wide.test.ts. Raise the number whenever one changes its name or its meaning: copies of
 * different protocols share nothing, so that each measures for itself and neither breaks the other.
 */
export const PROTOCOL = 1;

/** The key under which an object carries what copies of this protocol share about it. */
export const SHARED: unique symbol = Symbol.for(`narthex/${PROTOCOL}`) as never;

/** The key of the protocols that are used in this process. It must never change. */
const PROTOCOLS = Symbol.for("narthex.protocols");

/** The key of the groups that this thread has joined, each with the protocol by which. It must never change. */
const GROUPS = Symbol.for("narthex.groups");

interface Global {
  [SHARED]?: Map<string, unknown>;
  [PROTOCOLS]?: Set<number>;
  [GROUPS]?: Map<string, number>;
}

const onGlobal = globalThis as Global;

/** A value of which the process has one, whichever copy of the package asks for it first. */
export function processWide<Value>(name: string, make: () => Value): Value {
  onGlobal[SHARED] ??= new Map();
  const values = onGlobal[SHARED];
  if (!values.has(name)) values.set(name, make());
  return values.get(name) as Value;
}

/**
 * Whether copies of this protocol may join a group: not if another version has, as what both measure would be
 * there twice.
 */
export function mayJoin(group: string): boolean {
  onGlobal[GROUPS] ??= new Map();
  const groups = onGlobal[GROUPS];
  if (!groups.has(group)) groups.set(group, PROTOCOL);
  return groups.get(group) === PROTOCOL;
}

function announce(): void {
  onGlobal[PROTOCOLS] ??= new Set();
  const protocols = onGlobal[PROTOCOLS];
  if (protocols.has(PROTOCOL)) return;
  protocols.add(PROTOCOL);
  if (protocols.size === 1) return;
  warn(
    "This process has loaded versions of narthex that can't share their metrics: each has a registry of its own, and a page shows one of them. See `npm ls narthex`, and install one version.",
  );
}

announce();
