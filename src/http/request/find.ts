import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest, ServerHttp2Stream } from "node:http2";
import { SHARED } from "../../process-wide.ts";
import { reportFailure } from "../guard.ts";
import { Connection } from "./connection.ts";
import type { MeasuredRequest } from "./measured-request.ts";
import { NodeRequest } from "./node-request.ts";

/** The object that represents a request, in Node's HTTP or in the fetch API. */
export type Message = IncomingMessage | Http2ServerRequest | ServerHttp2Stream | Request;

/*
 * The measurement of a request is kept in one of two places, which only this file knows:
 *
 * - Nearly all requests are read by Node's HTTP/1 parser. They are kept by their `Connection`: one
 *   listener per connection is then enough, and messages stay untouched. Express replaces the prototype
 *   of messages, which would make a property of ours slow.
 * - All others carry their measurement themselves: streams of HTTP/2 (and not the messages made from
 *   them), requests to upgrade, requests of the fetch API, and messages that tests make without a socket.
 */

interface Carrier {
  [SHARED]?: MeasuredRequest;
}

/** The measurement of a request; undefined if it is not measured. */
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
