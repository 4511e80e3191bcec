import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { NarthexError } from "../errors.ts";
import { parse } from "../exposition/parse/parse.ts";
import type { ParsedPage } from "../exposition/parse/parsed-page.ts";
import { CommandError, type Given, textOption } from "./command.ts";

/** The option of all commands that read pages. */
export const PAGE_OPTIONS = { timeout: { type: "string" } } as const;

export const PAGE_HELP = `URL|FILE is a page of metrics: a URL, a file, or - for the standard input.
  --timeout SECONDS   how long a URL may take (default 10)`;

const ACCEPT =
  "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

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
    return parse(raw.body, raw);
  } catch (error) {
    if (!(error instanceof NarthexError)) throw error;
    throw new CommandError(`${from}: ${error.message}`);
  }
}

export async function readRawPage(
  given: Given,
  from: string,
  signal?: AbortSignal,
): Promise<RawPage> {
  if (/^https?:\/\//i.test(from)) return fetchPage(from, timeoutOf(given), signal);
  const body = from === "-" ? await buffer(process.stdin) : await readBytes(from);
  const end = new TextDecoder().decode(body.subarray(-16)).trimEnd();
  return {
    contentType: end.endsWith("# EOF") ? "application/openmetrics-text" : "text/plain",
    body,
  };
}

/** The text of a file that is no page. */
export async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path));
}

function timeoutOf(given: Given): number {
  const text = textOption(given, "timeout") ?? "10";
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 3600) return seconds;
  throw new CommandError(
    `--timeout is ${JSON.stringify(text)}: use seconds, above 0 and at most 3600.`,
  );
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : message;
    throw new CommandError(`${path}: ${reason}. A URL begins with http:// or https://.`);
  }
}

async function fetchPage(url: string, seconds: number, end?: AbortSignal): Promise<RawPage> {
  try {
    const timeout = AbortSignal.timeout(seconds * 1000);
    const signal = end === undefined ? timeout : AbortSignal.any([timeout, end]);
    const response = await fetch(url, { headers: { accept: ACCEPT }, signal });
    const body = new Uint8Array(await response.arrayBuffer());
    if (!response.ok)
      throw new CommandError(`${url} answered ${response.status} ${response.statusText}.`);
    return { contentType: response.headers.get("content-type") ?? "text/plain", body };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${url}: ${failure(error as Error, seconds)}.`);
  }
}

function failure(error: Error, seconds: number): string {
  if (error.name === "TimeoutError")
    return `no whole answer within ${seconds} s; --timeout gives it more`;
  const { cause } = error as { cause?: { code?: string; message?: string } };
  if (cause?.code === "ECONNREFUSED") return "nothing listens there";
  if (cause?.code === "ENOTFOUND") return "there is no such host";
  if (error.message === "terminated") return "the connection was cut before the end of the page";
  return cause?.message ?? error.message;
}
