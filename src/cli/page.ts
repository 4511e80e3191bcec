import { NarthexError } from "../errors.ts";
import { parse } from "../exposition/parse/parse.ts";
import type { ParsedPage } from "../exposition/parse/parsed-page.ts";
import { parseProtobuf } from "../exposition/parse/protobuf-page.ts";
import { CommandError, type Given, textOption, textsOption } from "./command.ts";
import { readBytes } from "./files.ts";

/** The options of all commands that read pages. */
export const PAGE_OPTIONS = {
  timeout: { type: "string" },
  accept: { type: "string" },
  header: { type: "string", multiple: true },
} as const;

/** The lines of an option that all help has. */
export const HEADER_HELP = `  --header "NAME: VALUE"
                      sent to a URL, such as "authorization: Bearer …"; may be given several times;
                      a name and a password may stand in the URL`;

export const PAGE_HELP = `URL|FILE is a page of metrics: a URL, a file, or - for the standard input.
  --timeout SECONDS   how long a URL may take (default 10)
  --accept FORMAT     the format that a URL is asked for (default openmetrics; text, openmetrics-2, protobuf);
                      native histograms are in the last two only
${HEADER_HELP}`;

const PROTOBUF = "application/vnd.google.protobuf";

/** What a URL is asked for, in each case with text where it has nothing else. */
const ACCEPT: Readonly<Record<string, string>> = {
  openmetrics: "application/openmetrics-text;version=1.0.0",
  text: "text/plain;version=1.0.0",
  "openmetrics-2": "application/openmetrics-text;version=2.0.0-rc0",
  protobuf: `${PROTOBUF};proto=io.prometheus.client.MetricFamily;encoding=delimited`,
};
const OTHERWISE = `;q=0.9,text/plain;version=0.0.4;q=0.5,${PROTOBUF};proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.2,*/*;q=0.1`;

/** A page as it was read. */
export interface RawPage {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * Reads and parses a page.
 *
 * @param signal ends a request
 */
export async function readPage(
  given: Given,
  from: string,
  signal?: AbortSignal,
): Promise<ParsedPage> {
  const raw = await readRawPage(given, from, signal);
  try {
    return parsePage(raw);
  } catch (error) {
    if (!(error instanceof NarthexError)) throw error;
    throw new CommandError(`${withoutCredentials(from)}: ${error.message}`);
  }
}

/** A URL as it is shown: without the name and the password in it. */
export function withoutCredentials(from: string): string {
  return from.replace(/^(https?:\/\/)[^/?#]*@/i, "$1");
}

/** Whether the page is in protobuf, which has no lines. */
export function isProtobuf({ contentType }: RawPage): boolean {
  return contentType.toLowerCase().startsWith(PROTOBUF);
}

/** @throws NarthexError `NARTHEX_PAGE_INVALID` */
export function parsePage(raw: RawPage): ParsedPage {
  return isProtobuf(raw) ? parseProtobuf(raw.body) : parse(raw.body, raw);
}

export async function readRawPage(
  given: Given,
  from: string,
  signal?: AbortSignal,
): Promise<RawPage> {
  const headers = headersOf(given);
  headers.set("accept", acceptOf(given) + OTHERWISE);
  const seconds = timeoutOf(given);
  if (/^https?:\/\//i.test(from)) return fetchPage(from, headers, seconds, signal);
  const body = await readBytes(from, "A URL begins with http:// or https://.");
  return { contentType: contentTypeOf(body), body };
}

/** The format of a page that nobody has told. */
function contentTypeOf(body: Uint8Array): string {
  const start = body.subarray(0, 4000);
  // A message begins with its length and its first field, and no text has such control characters.
  const name = start.findIndex((byte) => byte < 0x80) + 1;
  const isText = !start.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20));
  if (!isText && start[name] === 0x0a) return PROTOBUF;
  const end = new TextDecoder().decode(body.subarray(-16)).trimEnd();
  return end.endsWith("# EOF") ? "application/openmetrics-text" : "text/plain";
}

function acceptOf(given: Given): string {
  const format = textOption(given, "accept") ?? "openmetrics";
  if (Object.hasOwn(ACCEPT, format)) return ACCEPT[format]!;
  const known = Object.keys(ACCEPT).join(", ");
  throw new CommandError(`--accept is ${JSON.stringify(format)}: use one of ${known}.`);
}

function timeoutOf(given: Given): number {
  const text = textOption(given, "timeout") ?? "10";
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 3600) return seconds;
  throw new CommandError(
    `--timeout is ${JSON.stringify(text)}: use seconds, above 0 and at most 3600.`,
  );
}

function headersOf(given: Given): Headers {
  const headers = new Headers();
  for (const text of textsOption(given, "header")) {
    const [name = "", ...rest] = text.split(":");
    try {
      headers.append(name.trim(), rest.join(":").trim());
    } catch {
      // The value may be a secret.
      const wayOut = 'use a name and a value, as in --header "authorization: Bearer …".';
      throw new CommandError(`--header ${JSON.stringify(name)} is no header: ${wayOut}`);
    }
  }
  return headers;
}

/** Takes the name and the password out of a URL, where fetch refuses them, into the headers. */
function located(from: string, headers: Headers): URL {
  const url = new URL(from);
  const { username, password } = url;
  if (username !== "" || password !== "") {
    const text = [username, password].map(unescaped).join(":");
    headers.set("authorization", `Basic ${Buffer.from(text).toString("base64")}`);
  }
  url.username = "";
  url.password = "";
  return url;
}

/** What is not encoded as URLs are stands for itself. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function fetchPage(
  from: string,
  headers: Headers,
  seconds: number,
  end?: AbortSignal,
): Promise<RawPage> {
  const shown = withoutCredentials(from);
  try {
    const timeout = AbortSignal.timeout(seconds * 1000);
    const signal = end === undefined ? timeout : AbortSignal.any([timeout, end]);
    const response = await fetch(located(from, headers), { headers, signal });
    const body = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) {
      const wayOut = response.status === 401 ? " --header sends what it asks for." : "";
      const answer = `${response.status} ${response.statusText}`.trimEnd();
      throw new CommandError(`${shown} answered ${answer}.${wayOut}`);
    }
    return { contentType: response.headers.get("content-type") ?? "text/plain", body };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${shown}: ${failure(error as Error, seconds)}.`);
  }
}

function failure(error: Error, seconds: number): string {
  if (error.name === "TimeoutError")
    return `no whole answer within ${seconds} s; --timeout gives it more`;
  const { cause } = error as { cause?: { code?: string; message?: string } };
  if (cause?.code === "ECONNREFUSED") return "nothing listens there";
  if (cause?.code === "ENOTFOUND") return "there is no such host";
  if (cause?.code?.startsWith("Z_")) return `it can't be decompressed: ${cause.message}`;
  if (error.message === "terminated") return "the connection was cut before the end of the page";
  return cause?.message ?? error.message;
}
