import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest, ServerHttp2Stream } from "node:http2";
import { Connection } from "./connection.ts";
import type { MeasuredRequest } from "./measured-request.ts";

/** Where a message that belongs to no connection of HTTP/1 has its measurement. */
const MEASURED = Symbol.for("narthex.http.request");

interface MeasuredMessage {
  [MEASURED]?: MeasuredRequest | undefined;
}

/** The measurement of a request of HTTP/1, if there is one. */
export function measuredOf(request: IncomingMessage): MeasuredRequest | undefined {
  return Connection.by(request)?.find(request) ?? measuredApart(request);
}

/** The measurement of a request as handlers see it; one of HTTP/2 is measured by its stream. */
export function measuredRequestOf(
  request: IncomingMessage | Http2ServerRequest,
): MeasuredRequest | undefined {
  return "stream" in request ? measuredApart(request.stream) : measuredOf(request);
}

export function measuredApart(
  message: IncomingMessage | ServerHttp2Stream | Request,
): MeasuredRequest | undefined {
  return (message as MeasuredMessage)[MEASURED];
}

export function setMeasuredApart(
  message: IncomingMessage | ServerHttp2Stream | Request,
  measured: MeasuredRequest,
): void {
  (message as MeasuredMessage)[MEASURED] = measured;
}
