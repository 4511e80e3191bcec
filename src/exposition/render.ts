import type { EscapingScheme } from "../model/escaping.ts";
import type { Family } from "../model/family.ts";
import type { SampleSink } from "../model/sample-sink.ts";
import type { PageMemory } from "./runs/page-memory.ts";

export interface PageOptions {
  readonly escaping: EscapingScheme;
  /** How many bytes the page will probably have. */
  readonly capacity?: number;
  /** The memory of an earlier page, with room for so many. */
  readonly buffer?: ArrayBuffer | undefined;
  /** Whether OpenMetrics 1.0 has a `_created` sample for each series. */
  readonly createdSamples?: boolean;
  /** Where lines are kept for the next page. */
  readonly memory?: PageMemory | undefined;
}

/** A sink that makes a page of bytes. */
export interface PageSink extends SampleSink {
  /** How many bytes have been written. */
  readonly length: number;
  /** Drops everything after this length, at which a family must have begun. */
  truncate(length: number): void;
  /** The names that a family and its samples have in this format; no other family may have one of them. */
  names(family: Family): string[];
  /** A label's name in this format. */
  labelName(name: string): string;
  /** Ends the page. */
  finish(): Uint8Array;
}

/** What a page is made of. */
export interface PageSource {
  visit(sink: PageSink): Iterable<void> | void;
}

/** How long a scrape may hold the event loop at a time, in milliseconds. */
const SLICE_MS = 0.5;

/**
 * Lets each source visit the sink, and gives the event loop a turn whenever a slice of time is used up.
 * A source that throws leaves nothing on the page.
 *
 * @param signal ends the work early, at any point
 * @returns the sources that threw, with what they threw
 */
export async function render<S extends PageSource>(
  sources: Iterable<S>,
  sink: PageSink,
  signal?: AbortSignal,
): Promise<ReadonlyMap<S, unknown>> {
  const failed = new Map<S, unknown>();
  let sliceEnd = performance.now() + SLICE_MS;
  const pause = async () => {
    await nextTurn();
    sliceEnd = performance.now() + SLICE_MS;
  };
  for (const source of sources) {
    const begin = sink.length;
    try {
      for (const _ of source.visit(sink) ?? []) {
        if (performance.now() >= sliceEnd) await pause();
        if (signal?.aborted) return failed;
      }
    } catch (error) {
      sink.truncate(begin);
      failed.set(source, error);
    }
    if (performance.now() >= sliceEnd) await pause();
    if (signal?.aborted) return failed;
  }
  return failed;
}

/** The same at once, without a turn for others. */
export function renderNow<S extends PageSource>(
  sources: Iterable<S>,
  sink: PageSink,
): ReadonlyMap<S, unknown> {
  const failed = new Map<S, unknown>();
  for (const source of sources) {
    const begin = sink.length;
    try {
      for (const _ of source.visit(sink) ?? []);
    } catch (error) {
      sink.truncate(begin);
      failed.set(source, error);
    }
  }
  return failed;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
