import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { SHARED } from "../../process-wide.ts";
import { guard } from "../guard.ts";

interface ConnectedSocket extends Socket {
  [SHARED]?: Connection;
}

/** A request of a connection whose response has not ended. */
export interface OpenRequest {
  readonly request: IncomingMessage;
  /** The response is complete. */
  finish(): void;
  /** The connection is gone. */
  breakOff(): void;
}

/** A connection of HTTP/1 and its requests under measurement. One listener serves all of them. */
export class Connection {
  /** The newest request until all of it is here: what can't be parsed may be the rest of it. */
  newest: IncomingMessage | undefined;
  /** Several where the client pipelines. */
  private readonly open: OpenRequest[] = [];

  private constructor(socket: ConnectedSocket) {
    socket[SHARED] = this;
    socket.on("close", () => {
      for (const request of this.open.splice(0)) guard(() => request.breakOff());
    });
  }

  /** The connection of a socket. */
  static of(socket: Socket): Connection {
    return (socket as ConnectedSocket)[SHARED] ?? new Connection(socket);
  }

  /** The connection that a message came by; undefined where Node's HTTP/1 parser did not read it. */
  static by(message: object): Connection | undefined {
    return (message as { socket?: ConnectedSocket | null }).socket?.[SHARED];
  }

  add(request: OpenRequest): void {
    this.open.push(request);
  }

  find(message: object): OpenRequest | undefined {
    for (const request of this.open) if (request.request === message) return request;
    return undefined;
  }

  /** Ends a request whose response is complete. */
  finish(message: IncomingMessage): void {
    // An idle connection keeps nothing of its last request alive.
    if (this.newest === message && message.complete) this.newest = undefined;
    const { open } = this;
    const at = open[0]?.request === message ? 0 : open.findIndex((one) => one.request === message);
    if (at < 0) return;
    const request = open[at] as OpenRequest;
    if (open.length === 1) open.pop();
    else open.splice(at, 1);
    request.finish();
  }
}
