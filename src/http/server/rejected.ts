import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

const BAD_REQUEST = 400;

/** What Node answers to what it refuses, where it is not 400. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * The status of a request that Node refused with an error. Undefined where there was no request of its
 * own: the connection failed, nothing had come yet, or it is the rest of one that has begun.
 */
export function rejectedStatus(
  error: NodeJS.ErrnoException,
  socket: Socket,
  newest: IncomingMessage | undefined,
): number | undefined {
  const { code = "" } = error;
  if (!code.startsWith("HPE_") && code !== "ERR_HTTP_REQUEST_TIMEOUT") return undefined;
  if (socket.bytesRead === 0) return undefined;
  if (newest !== undefined && !newest.complete) return undefined;
  return STATUS[code] ?? BAD_REQUEST;
}
