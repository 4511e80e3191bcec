/** Observes the seconds since the start of the timer, and returns them. */
export type StopTimer = () => number;

interface Observer {
  observe(value: number): void;
}

export function startTimer(series: Observer): StopTimer {
  const start = performance.now();
  return () => {
    const seconds = (performance.now() - start) / 1000;
    series.observe(seconds);
    return seconds;
  };
}

/** Observes how long `work` takes, in seconds, even if it throws or rejects. */
export function time<T>(series: Observer, work: () => T): T {
  const end = startTimer(series);
  let result: T;
  try {
    result = work();
  } catch (error) {
    end();
    throw error;
  }
  if (isThenable(result)) return settled(result, end) as T;
  end();
  return result;
}

/** Whether a value is a promise or something else that can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === "object" || typeof value === "function") &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

/** Calls `then` only once, because the `then` of a query builder runs the query. */
function settled<T>(promise: PromiseLike<T>, end: StopTimer): PromiseLike<T> {
  return promise.then(
    (result) => {
      end();
      return result;
    },
    (error: unknown) => {
      end();
      throw error;
    },
  );
}
