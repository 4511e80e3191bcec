import type { SampleSink } from "../model/sample-sink.ts";

/** A sink that makes a page of bytes. */
export interface PageSink extends SampleSink {
  /** Bytes so far. */
  readonly length: number;
  /** Forgets what came after this length, where a family began. */
  truncate(length: number): void;
  /** Ends the page. */
  finish(): Uint8Array;
}
