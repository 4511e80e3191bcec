import { invalidPage, show } from "../../errors.ts";
import { LineReader } from "./line-reader.ts";
import { OpenMetricsPage } from "./openmetrics/page.ts";
import { openMetrics1 } from "./openmetrics/version-1.ts";
import { openMetrics2 } from "./openmetrics/version-2.ts";
import { ParsedPage } from "./parsed-page.ts";
import { OPENMETRICS, TEXT } from "./syntax.ts";
import { TextPage } from "./text-page.ts";

/** How `parse` reads a page. */
export interface ParseOptions {
  /**
   * The content type of the page: `text/plain`, which is the default, or
   * `application/openmetrics-text`, whose versions 1 and 2 are two formats.
   */
  readonly contentType?: string | undefined;
}

/**
 * Parses a page of metrics: the text format as tolerantly as Prometheus does, OpenMetrics as strictly
 * as its specification demands.
 *
 * @throws NarthexError `NARTHEX_PAGE_INVALID`, with the number of the line and the reason
 * @example
 * const { contentType, body } = await metrics.expose();
 * const { families } = parse(body, { contentType });
 */
export function parse(
  page: string | Uint8Array,
  { contentType = "text/plain" }: ParseOptions = {},
): ParsedPage {
  const [mediaType, ...parameters] = contentType
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  switch (mediaType) {
    case "text/plain":
      return new ParsedPage(new TextPage(new LineReader(page, TEXT)).families());
    case "application/openmetrics-text": {
      const isVersion2 = parameters.some((parameter) => parameter.startsWith("version=2."));
      const version = isVersion2 ? openMetrics2 : openMetrics1;
      return new ParsedPage(
        new OpenMetricsPage(new LineReader(page, OPENMETRICS), version).families(),
      );
    }
    default:
      throw invalidPage(
        `content type ${show(contentType)}`,
        "use text/plain or application/openmetrics-text",
      );
  }
}
