import { ByteWriter } from "./byte-writer.ts";
import type { Negotiated } from "./negotiate.ts";
import { OpenMetrics1Sink } from "./openmetrics-1.ts";
import { OpenMetrics2Sink } from "./openmetrics-2.ts";
import type { PageSink } from "./page-sink.ts";
import { ProtobufSink } from "./protobuf.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { TextSink } from "./text.ts";

export interface PageOptions {
  /** Bytes that the page will have, as far as is known. */
  readonly capacity: number;
  /** Whether OpenMetrics 1.0 gets a `_created` sample a series. */
  readonly createdSamples: boolean;
}

/** An empty page of the format that was negotiated. */
export function newPage({ format, escaping }: Negotiated, options: PageOptions): PageSink {
  if (format === "protobuf") {
    return new ProtobufSink(new ProtobufWriter(options.capacity), escaping);
  }
  const out = new ByteWriter(options.capacity);
  switch (format) {
    case "text-0.0.4":
    case "text-1.0.0":
      return new TextSink(out, escaping);
    case "openmetrics-1.0":
      return new OpenMetrics1Sink(out, escaping, options.createdSamples);
    case "openmetrics-2.0":
      return new OpenMetrics2Sink(out, escaping);
  }
}
