import { fromCaller, type PublicCall, show, wrongArgument } from "../errors.ts";

/** How work ended: with its value, or with what it threw or rejected with. */
export type WorkEnd<T> =
  | {
      /** What the work returned, or its promise resolved to. */
      readonly value: T;
    }
  | {
      /** What the work threw, or its promise rejected with. */
      readonly error: unknown;
    };

/**
 * Runs work once, and passes its result or its error on. Work that returns a promise, or anything else
 * that can be awaited, ends when that settles; a generator ends when it is done, returned or thrown.
 *
 * @param onEnd is called once, when the work has ended. What it throws goes to the caller, except if the
 * work has an error of its own
 */
export function runWork<T>(work: () => T, onEnd: (end: WorkEnd<unknown>) => void): T {
  let result: T;
  try {
    result = work();
  } catch (error) {
    return fail(error, onEnd);
  }
  if (isThenable(result)) return settled(result, onEnd) as T;
  if (isGenerator(result)) return untilDone(result, onEnd) as T;
  onEnd({ value: result });
  return result;
}

/**
 * Throws unless the work of a call is a function, also where the registry is not strict: there is nothing
 * to run, and no result to return.
 *
 * @param call what the user called
 */
export function checkWork(metric: string, call: PublicCall, work: unknown): void {
  if (typeof work === "function") return;
  const where = `Metric ${show(metric)}: ${call.name}`;
  const rule = "pass a function, not its promise";
  throw fromCaller(wrongArgument(where, `${show(work)} to run`, rule), call);
}

/** Whether a value is a promise or something else that can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return (
      (typeof value === "object" || typeof value === "function") &&
      value !== null &&
      "then" in value &&
      typeof value.then === "function"
    );
  } catch {
    return false; // Its getter or proxy throws, which is for the caller to find.
  }
}

function fail(error: unknown, onEnd: (end: WorkEnd<unknown>) => void): never {
  try {
    onEnd({ error });
  } catch {
    // The caller must get the error of the work.
  }
  throw error;
}

/**
 * Calls `then` only once, because the `then` of a query builder runs the query. A thenable that is no
 * promise may settle twice, throw, or give nothing back.
 */
function settled<T>(
  promise: PromiseLike<T>,
  onEnd: (end: WorkEnd<unknown>) => void,
): PromiseLike<T> {
  let isEnded = false;
  const endOnce = (end: WorkEnd<unknown>) => {
    if (isEnded) return;
    isEnded = true;
    onEnd(end);
  };
  try {
    const chained = promise.then(
      (value) => {
        endOnce({ value });
        return value;
      },
      (error: unknown) => fail(error, endOnce),
    );
    return isThenable(chained) ? chained : promise;
  } catch (error) {
    return fail(error, endOnce);
  }
}

type AnyGenerator = Generator | AsyncGenerator;

function isGenerator(value: unknown): value is AnyGenerator {
  try {
    if (typeof value !== "object" || value === null || !(Symbol.toStringTag in value)) return false;
    const kind = value[Symbol.toStringTag];
    return kind === "Generator" || kind === "AsyncGenerator";
  } catch {
    return false;
  }
}

/** The same generator, which tells its end. */
function untilDone<G extends AnyGenerator>(
  generator: G,
  onEnd: (end: WorkEnd<unknown>) => void,
): G {
  let isDone = false;
  const step =
    (method: "next" | "return" | "throw") =>
    (...args: [unknown]) =>
      runWork<unknown>(
        () => generator[method](...args),
        (end) => {
          const isLast = "error" in end || (end.value as IteratorResult<unknown>).done;
          if (isDone || !isLast) return;
          isDone = true;
          onEnd("error" in end ? end : { value: (end.value as IteratorResult<unknown>).value });
        },
      );
  // Defined, because a frozen prototype lets nobody assign to a name that it has.
  return Object.create(generator, {
    next: { value: step("next") },
    return: { value: step("return") },
    throw: { value: step("throw") },
  });
}
