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
  /** What follows on the connection can't be parsed, and Node is about to close it. */
  refuse(): void;
  /** The connection is gone. */
  breakOff(): void;
}

/**
 * A connection of HTTP/1 and its requests under measurement, for which it has a single listener. However
 * many requests a client pipelines, each is found in one step: the first one is kept in a field, because
 * most connections have no second one, and the others are in a map by their messages.
 */
export class Connection {
  /** The newest request, until all of it has arrived: what can't be parsed may be the rest of it. */
  newest: IncomingMessage | undefined;
  private first: OpenRequest | undefined = undefined;
  private more: Map<object, OpenRequest> | undefined = undefined;

  private constructor(socket: ConnectedSocket) {
    socket[SHARED] = this;
    socket.on("close", () => {
      const open = this.open();
      this.first = undefined;
      this.more = undefined;
      for (const request of open) guard(() => request.breakOff());
    });
  }

  /** The connection of a socket. */
  static of(socket: Socket): Connection {
    return (socket as ConnectedSocket)[SHARED] ?? new Connection(socket);
  }

  /** The connection that a message came by; undefined if Node's HTTP/1 parser did not read it. */
  static by(message: object): Connection | undefined {
    return (message as { socket?: ConnectedSocket | null }).socket?.[SHARED];
  }

  add(request: OpenRequest): void {
    if (this.first === undefined) this.first = request;
    else {
      this.more ??= new Map();
      this.more.set(request.request, request);
    }
  }

  find(message: object): OpenRequest | undefined {
    const { first } = this;
    return first?.request === message ? first : this.more?.get(message);
  }

  /** Ends a request whose response is complete. */
  finish(message: IncomingMessage): void {
    // An idle connection must not keep its last request in memory.
    if (this.newest === message && message.complete) this.newest = undefined;
    const request = this.find(message);
    if (request === undefined) return;
    if (request === this.first) this.first = undefined;
    else this.more?.delete(message);
    request.finish();
  }

  /** Node can't parse what follows on the connection. */
  refuse(): void {
    for (const request of this.open()) guard(() => request.refuse());
  }

  private open(): readonly OpenRequest[] {
    const first = this.first === undefined ? [] : [this.first];
    return [...first, ...(this.more?.values() ?? [])];
  }
}
