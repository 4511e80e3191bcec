import { ByteWriter } from "./byte-writer.ts";
import type { Negotiated } from "./negotiate.ts";
import type { PageSink } from "./page-sink.ts";
import { TextSink } from "./text.ts";

export interface PageOptions {
  /** Bytes that the page will have, as far as is known. */
  readonly capacity: number;
  /** Whether OpenMetrics 1.0 gets a `_created` sample a series. */
  readonly createdSamples: boolean;
}

/**
 * An empty page of the format that was negotiated. A process is scraped in one or two formats, so the
 * code of all but the plainest is loaded with the first such scrape. It makes its writers itself: after
 * a hot reload it may come from another copy of this package.
 */
export async function newPage(
  { format, escaping }: Negotiated,
  { capacity, createdSamples }: PageOptions,
): Promise<PageSink> {
  switch (format) {
    case "text-0.0.4":
    case "text-1.0.0":
      return new TextSink(new ByteWriter(capacity), escaping);
    case "openmetrics-1.0": {
      const { newOpenMetrics1Page } = await import("./openmetrics-1.ts");
      return newOpenMetrics1Page(capacity, escaping, createdSamples);
    }
    case "openmetrics-2.0": {
      const { newOpenMetrics2Page } = await import("./openmetrics-2.ts");
      return newOpenMetrics2Page(capacity, escaping);
    }
    case "protobuf": {
      const { newProtobufPage } = await import("./protobuf.ts");
      return newProtobufPage(capacity, escaping);
    }
  }
}
