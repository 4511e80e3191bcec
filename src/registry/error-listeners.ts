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

/** The listeners of each registry, for all copies of this package. */
const LISTENERS = processWide("registry.error-listeners", () => {
  return new WeakMap<object, Set<{ readonly listener: ErrorListener }>>();
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
  const entry = { listener };
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
  for (const { listener } of [...listeners]) {
    try {
      const result: unknown = listener(error, family);
      if (isThenable(result)) result.then(undefined, warnOfListener);
    } catch (failure) {
      warnOfListener(failure);
    }
  }
  telling.delete(registry);
}

function warnOfListener(failure: unknown): void {
  warnings.once("listener", `A listener of onError failed: ${describe(failure)}.`, failure);
}

/** Errors of other realms, such as those of Jest's tests, are errors, too. */
function asError(thrown: unknown): Error {
  const isError = Object.prototype.toString.call(thrown) === "[object Error]";
  if (thrown instanceof Error || isError) return thrown as Error;
  return new Error(describe(thrown), { cause: thrown });
}
