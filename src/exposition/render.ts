import type { MetricSource } from "../model/sample-sink.ts";
import type { PageSink } from "./page-sink.ts";

/** How long a scrape may hold the event loop at a time, in milliseconds. */
const SLICE_MS = 0.5;

/**
 * Lets each source visit the sink, with a pause for the event loop whenever a slice is used up. A
 * source that throws leaves nothing behind; those that did are the result.
 */
export async function render<S extends MetricSource>(
  sources: Iterable<S>,
  sink: PageSink,
): Promise<S[]> {
  const failed: S[] = [];
  let sliceEnd = performance.now() + SLICE_MS;
  const pause = async () => {
    if (performance.now() < sliceEnd) return;
    await nextTurn();
    sliceEnd = performance.now() + SLICE_MS;
  };
  for (const source of sources) {
    const begin = sink.length;
    try {
      for (const _ of source.visit(sink) ?? []) await pause();
    } catch {
      sink.truncate(begin);
      failed.push(source);
    }
    await pause();
  }
  return failed;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
