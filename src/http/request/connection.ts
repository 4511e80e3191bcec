import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { NodeRequest } from "./node-request.ts";

/** Where a socket has its connection; copies of this package find each other's. */
const CONNECTION = Symbol.for("narthex.http.connection");

interface ConnectedSocket extends Socket {
  [CONNECTION]?: Connection;
}

/**
 * A connection's requests of HTTP/1. They are kept here, and not on the messages: one listener a
 * connection is enough for all of them, and frameworks change messages in ways that make them slow.
 */
export class Connection {
  /** The newest request until all of it is here: what can't be parsed may be the rest of it. */
  newest: IncomingMessage | undefined;
  /** Those under measurement whose response has not ended: several where the client pipelines. */
  private readonly open: NodeRequest[] = [];

  private constructor(socket: ConnectedSocket) {
    socket[CONNECTION] = this;
    socket.on("close", () => {
      for (const request of this.open.splice(0)) request.breakOff();
    });
  }

  static of(socket: Socket): Connection {
    return (socket as ConnectedSocket)[CONNECTION] ?? new Connection(socket);
  }

  /** The connection that a message came by; none where Node's parser did not read it. */
  static by(message: { readonly socket?: Socket | null }): Connection | undefined {
    return (message.socket as ConnectedSocket | null | undefined)?.[CONNECTION];
  }

  add(request: NodeRequest): void {
    this.open.push(request);
  }

  find(request: object): NodeRequest | undefined {
    for (const measured of this.open) if (measured.request === request) return measured;
    return undefined;
  }

  /** The response to a request is complete. */
  finish(request: IncomingMessage): void {
    // An idle connection keeps nothing of its last request alive.
    if (this.newest === request && request.complete) this.newest = undefined;
    const { open } = this;
    const at = open[0]?.request === request ? 0 : open.findIndex((one) => one.request === request);
    if (at < 0) return;
    const measured = open[at] as NodeRequest;
    if (open.length === 1) open.pop();
    else open.splice(at, 1);
    measured.finish();
  }
}
