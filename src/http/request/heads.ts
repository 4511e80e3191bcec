import type { ServerResponse } from "node:http";
import { nodeModule } from "../../node-module.ts";
import { SHARED } from "../../process-wide.ts";

/** Is called when a response's headers were sent, with those that were passed to `writeHead`. */
type NoticeHead = (response: ServerResponse, passedHeaders: unknown) => void;

interface Prototype {
  [SHARED]?: NoticeHead;
  writeHead(...args: unknown[]): ServerResponse;
}

/**
 * Calls `notice` from now on when any response of HTTP/1 sends its headers. Node does not announce
 * that, and replacing `writeHead` on each response costs a microsecond; so it is replaced once, in the
 * prototype. The replacement stays when a test runner loads this file again, so it calls the newest
 * `notice`.
 */
export function noticeHeads(notice: NoticeHead): void {
  const prototype: Prototype = nodeModule("http").ServerResponse.prototype;
  const isReplaced = prototype[SHARED] !== undefined;
  prototype[SHARED] = notice;
  if (isReplaced) return;
  const { writeHead } = prototype;
  prototype.writeHead = function (
    this: ServerResponse,
    status: unknown,
    reason?: unknown,
    headers?: unknown,
  ) {
    const result = writeHead.call(this, status, reason, headers);
    prototype[SHARED]?.(this, headers ?? reason);
    return result;
  };
}

/**
 * One of the headers that were passed to `writeHead`, by its lower-case name. Headers come as an object,
 * as a list of alternating names and values, or as a list of pairs.
 */
export function headerOf(headers: unknown, name: string): unknown {
  if (typeof headers !== "object" || headers === null) return undefined;
  if (!Array.isArray(headers)) return inObject(headers as Record<string, unknown>, name);
  const isFlat = !Array.isArray(headers[0]);
  const at = headers.findIndex((entry, index) =>
    isFlat ? index % 2 === 0 && isName(entry, name) : isName(entry[0], name),
  );
  if (at < 0) return undefined;
  return isFlat ? headers[at + 1] : headers[at][1];
}

function inObject(headers: Record<string, unknown>, name: string): unknown {
  if (name in headers) return headers[name];
  for (const key in headers) if (isName(key, name)) return headers[key];
  return undefined;
}

function isName(key: unknown, name: string): boolean {
  return typeof key === "string" && key.length === name.length && key.toLowerCase() === name;
}
