import { invalidSetting } from "../errors.ts";
import { isThenable } from "../instruments/work.ts";
import { processWide } from "../process-wide.ts";
import { describe, Warnings } from "../warn.ts";

/**
 * Hears of an error in a callback or a scrape.
 *
 * @param family the metric concerned; undefined where there is none
 */
export type ErrorListener = (error: Error, family: string | undefined) => void;

interface Entry {
  readonly listener: ErrorListener;
  /** The metrics of which an asynchronous listener has been told and is not done yet. */
  readonly busyWith: Set<string | undefined>;
}

/** The listeners of each registry, for all copies of this package. */
const LISTENERS = processWide("registry.error-listeners", () => {
  return new WeakMap<object, Set<Entry>>();
});

const warnings = new Warnings();

/** Registries whose listeners are being called: an error that these cause is not told to them again. */
const telling = new WeakSet<object>();

export function addErrorListener(registry: object, listener: ErrorListener): () => void {
  if (typeof listener !== "function") {
    throw invalidSetting("onError", "listener", listener, "use a function");
  }
  const listeners = LISTENERS.get(registry) ?? new Set();
  LISTENERS.set(registry, listeners);
  const entry = { listener, busyWith: new Set<string | undefined>() };
  listeners.add(entry);
  return () => {
    listeners.delete(entry);
  };
}

/** Tells the registry's listeners of an error. It never throws. */
export function tellError(registry: object, thrown: unknown, family?: string): void {
  const listeners = LISTENERS.get(registry);
  if (listeners === undefined || listeners.size === 0 || telling.has(registry)) return;
  telling.add(registry);
  const error = asError(thrown);
  for (const entry of [...listeners]) tell(entry, error, family);
  telling.delete(registry);
}

function tell({ listener, busyWith }: Entry, error: Error, family: string | undefined): void {
  // A listener that makes a page, to push it, would hear of the same error at once, and never end.
  if (busyWith.has(family)) return;
  const onDone = () => void busyWith.delete(family);
  try {
    const result: unknown = listener(error, family);
    if (!isThenable(result)) return;
    busyWith.add(family);
    result.then(onDone, (failure) => {
      onDone();
      warnOfListener(failure);
    });
  } catch (failure) {
    onDone();
    warnOfListener(failure);
  }
}

function warnOfListener(failure: unknown): void {
  warnings.once("listener", `A listener of onError failed: ${describe(failure)}.`, failure);
}

/** Errors of other realms, such as those of Jest's tests, are errors, too. */
function asError(thrown: unknown): Error {
  try {
    const isError = Object.prototype.toString.call(thrown) === "[object Error]";
    if (thrown instanceof Error || isError) return thrown as Error;
  } catch {
    // A proxy can refuse to be looked at.
  }
  return new Error(describe(thrown), { cause: thrown });
}
