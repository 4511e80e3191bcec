import type { MetricSource, SampleSink } from "../model/sample-sink.ts";

/** How long a scrape may hold the event loop at a time, in milliseconds. */
const SLICE_MS = 0.5;

/** A source whose visit threw; nothing of it is on the page. */
export interface FailedSource {
  readonly source: MetricSource;
  readonly error: unknown;
}

/** A place on the page that writing can go back to. */
export interface Page {
  readonly length: number;
  truncate(length: number): void;
}

/**
 * Lets each source visit the sink, with a pause for the event loop whenever a slice is used up. A
 * source that throws leaves nothing behind.
 */
export async function render(
  sources: Iterable<MetricSource>,
  sink: SampleSink,
  page: Page,
): Promise<FailedSource[]> {
  const failed: FailedSource[] = [];
  let sliceEnd = performance.now() + SLICE_MS;
  for (const source of sources) {
    const begin = page.length;
    try {
      for (const _ of source.visit(sink) ?? NO_PAUSE) {
        if (performance.now() < sliceEnd) continue;
        await nextTurn();
        sliceEnd = performance.now() + SLICE_MS;
      }
    } catch (error) {
      page.truncate(begin);
      failed.push({ source, error });
    }
  }
  return failed;
}

const NO_PAUSE: Iterable<void> = [undefined];

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
