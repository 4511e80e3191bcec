import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest, ServerHttp2Stream } from "node:http2";
import { SHARED } from "../../process-wide.ts";
import { reportFailure } from "../guard.ts";
import { Connection } from "./connection.ts";
import type { MeasuredRequest } from "./measured-request.ts";
import { NodeRequest } from "./node-request.ts";

/** What stands for a request, from Node's HTTP to the fetch API. */
export type Message = IncomingMessage | Http2ServerRequest | ServerHttp2Stream | Request;

/*
 * The measurement of a request is kept in one of two places, which only this file knows:
 *
 * - Requests that Node's HTTP/1 parser read, nearly all, are in the list of their connection. One
 *   listener a connection is then enough, and messages stay untouched: Express replaces their
 *   prototype, after which a property of ours would be slow.
 * - All others carry it themselves: streams of HTTP/2 (and not the messages made from them), requests
 *   to upgrade, requests of the fetch API, and messages that came by no socket, as in tests.
 */

interface Carrier {
  [SHARED]?: MeasuredRequest;
}

/** The measurement of a request; undefined where it has none. */
export function requestOf(message: Message): MeasuredRequest | undefined {
  const open = Connection.by(message)?.find(message);
  if (open !== undefined) return open as NodeRequest;
  return carrierOf(message)[SHARED];
}

/** The measurement of a request: the one that has begun already, or the one that `make` begins. */
export function requestOrNew(message: Message, make: () => MeasuredRequest): MeasuredRequest {
  const begun = requestOf(message);
  if (begun !== undefined) return begun;
  const made = make();
  if (made instanceof NodeRequest && made.endAt === undefined) {
    const connection = Connection.by(message);
    if (connection !== undefined) {
      connection.add(made);
      return made;
    }
    made.endByEvents();
  }
  carrierOf(message)[SHARED] = made;
  return made;
}

/** Sets how the route of a request will be found, if it is measured. It never throws. */
export function setRouteOf<Context>(
  message: Message,
  findRoute: (context: Context) => string | undefined,
  context: Context,
): void {
  try {
    requestOf(message)?.routedBy(findRoute, context);
  } catch (error) {
    reportFailure(error);
  }
}

function carrierOf(message: Message): Carrier {
  return ("stream" in message ? message.stream : message) as Carrier;
}
