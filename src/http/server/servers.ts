import { type Channel, channel, subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import { processWide, SHARED } from "../../process-wide.ts";
import { reportFailure } from "../guard.ts";
import { Connection } from "../request/connection.ts";
import { addWatcher, type Everywhere, ServerWatch, type Watcher } from "./watch.ts";

interface ServerSocket extends Socket {
  readonly server?: Server;
}

interface RequestMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly server: Server;
}

/** The HTTP servers of the process. All copies of this package share one object. */
class Servers implements Everywhere {
  readonly watchers: Watcher[] = [];
  findRoute: Everywhere["findRoute"] = undefined;

  /** Watches a server. */
  watch(server: Server, watcher: Watcher): void {
    ServerWatch.of(server, this).add(watcher);
  }

  /** Watches a server and later ones with the same listener, such as one for each address. */
  watchTwins(server: Server, watcher: Watcher): void {
    const watch = ServerWatch.of(server, this);
    watch.shareWithTwins(server);
    watch.add(watcher);
  }

  /** Watches the server that a request came by, if it came by one. */
  watchServerOf({ socket }: { readonly socket: Socket }, watcher: Watcher): void {
    const { server } = socket as ServerSocket;
    if (server !== undefined) this.watch(server, watcher);
  }

  /** Watches every server, later ones as well. */
  watchAll(watcher: Watcher): void {
    addWatcher(this.watchers, watcher);
  }

  /** Leaves a server out of all measuring, as it serves the metrics. */
  leaveOut(server: Server): void {
    ServerWatch.of(server, this).leaveOut();
  }

  /** A connection was opened. What its server refuses is remembered for the first watcher. */
  connected({ socket }: { readonly socket: ServerSocket }): void {
    const { server } = socket;
    if (server !== undefined && servesHttp(server)) ServerWatch.of(server, this);
  }

  /** Node has read the head of a request. */
  begin({ request, response, socket, server }: RequestMessage): void {
    Connection.of(socket).newest = request;
    ServerWatch.of(server, this).begin(request, response);
  }

  /** A response is complete. */
  finish({ request }: RequestMessage): void {
    Connection.by(request)?.finish(request);
  }
}

/** The channel on which the newest `Servers` is kept. If there is one, there are subscriptions, too. */
const requests = channel("http.server.request.start") as Channel & { [SHARED]?: Servers };

/**
 * The servers of the process. The first call subscribes to what Node publishes about them.
 *
 * Subscriptions outlive the global scope in which a test runner loads this file. So there is one for
 * each channel, which calls the newest `Servers`; the tests of older ones are over.
 */
export function servers(): Servers {
  const newest = processWide("http.servers", () => new Servers());
  const hasSubscribed = requests[SHARED] !== undefined;
  requests[SHARED] = newest;
  if (!hasSubscribed) {
    listen("net.server.socket", (message) => requests[SHARED]?.connected(message));
    listen("http.server.request.start", (message) => requests[SHARED]?.begin(message));
    listen("http.server.response.finish", (message) => requests[SHARED]?.finish(message));
  }
  return newest;
}

function listen(name: string, listener: (message: never) => void): void {
  subscribe(name, (message) => {
    try {
      listener(message as never);
    } catch (error) {
      reportFailure(error);
    }
  });
}

/** Whether a server is one of HTTP/1, with or without TLS, or of HTTP/2. */
export function servesHttp(server: Server): boolean {
  return "headersTimeout" in server || "updateSettings" in server;
}
