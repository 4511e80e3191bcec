import { invalidPage, show } from "../../errors.ts";
import { decodePage } from "./decode-page.ts";
import { LineReader } from "./line-reader.ts";
import { openMetrics1 } from "./openmetrics-1.ts";
import { openMetrics2 } from "./openmetrics-2.ts";
import { OpenMetricsPage } from "./openmetrics-page.ts";
import { ParsedPage } from "./parsed-page.ts";
import { TextPage } from "./text-page.ts";

export interface ParseOptions {
  /**
   * What the page came as: `text/plain`, the default, or `application/openmetrics-text`, whose
   * versions 1 and 2 are two formats.
   */
  readonly contentType?: string;
}

/**
 * Parses a page of metrics: text as tolerantly as Prometheus does, OpenMetrics as strictly as its
 * specification is.
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
  const line = new LineReader(decodePage(page));
  if (mediaType === "text/plain") return new ParsedPage(new TextPage(line).families());
  if (mediaType !== "application/openmetrics-text") {
    throw invalidPage(
      `content type ${show(contentType)}`,
      "use text/plain or application/openmetrics-text",
    );
  }
  const isVersion2 = parameters.some((parameter) => parameter.startsWith("version=2."));
  const version = isVersion2 ? openMetrics2 : openMetrics1;
  return new ParsedPage(new OpenMetricsPage(line, version).families());
}
