import { ServerResponse } from "node:http";
import { measuredOf } from "./find.ts";

const NOTICED = Symbol.for("narthex.http.heads");
const shared = globalThis as { [NOTICED]?: boolean };

/**
 * From now on, measured requests know when the headers of their responses are sent. Node tells
 * nobody; so the one method that all responses send them by is wrapped, once for the process, as
 * replacing it on each response costs a microsecond.
 */
export function noticeHeads(): void {
  if (shared[NOTICED]) return;
  shared[NOTICED] = true;
  const writeHead = ServerResponse.prototype.writeHead as (...args: unknown[]) => ServerResponse;
  ServerResponse.prototype.writeHead = function (
    this: ServerResponse,
    status: number,
    reason?: unknown,
    headers?: unknown,
  ) {
    const result = writeHead.call(this, status, reason, headers);
    const { req } = this;
    if (req) measuredOf(req)?.noticeHead(headers ?? reason);
    return result;
  };
}
