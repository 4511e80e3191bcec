import { subscribe } from "node:diagnostics_channel";
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Server as HttpsServer } from "node:https";
import type { Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Registry } from "../../registry/registry.ts";
import type { HttpRecorder } from "../record/recorder.ts";
import { Connection } from "../request/connection.ts";
import { noticeHeads } from "../request/heads.ts";
import { streamMeasurementOf } from "../request/http2-request.ts";
import { newMeasurement } from "../request/node-request.ts";
import { upgradeMeasurementOf } from "../request/upgrade-request.ts";
import { rejectedStatus } from "./rejected.ts";

/** Who wants to know of a server's requests. */
export interface Watcher {
  readonly recorder: HttpRecorder;
  /** Answers a request before the server's own listeners see it; says whether it did. */
  readonly answers?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const WATCH = Symbol.for("narthex.http.server");

interface WatchedServer extends Server {
  [WATCH]?: ServerWatch | undefined;
}

/** A listener whose servers are watched alike. */
interface WatchedListener {
  [WATCH]?: Watcher[];
}

interface WatchedSocket extends Socket {
  readonly server?: WatchedServer;
}

/** What copies of this package share: the first one subscribes for all. */
interface Shared {
  /** Who watches all servers. */
  readonly everywhere: Watcher[];
  findRoute: FindRoute | undefined;
  hasSubscribed: boolean;
}

type FindRoute = (request: IncomingMessage) => string | undefined;

const onGlobal = globalThis as { [WATCH]?: Shared };
onGlobal[WATCH] ??= { everywhere: [], findRoute: undefined, hasSubscribed: false };
const shared: Shared = onGlobal[WATCH];

/**
 * Sees what only the server itself knows: when a request's head came, which connections are handed
 * over, and which requests Node answers or refuses without asking a handler.
 */
export class ServerWatch {
  readonly #watchers: Watcher[];
  /** Requests that were refused before anyone watched, by their status. */
  readonly #unclaimed = new Map<number, number>();

  private constructor(server: WatchedServer) {
    server[WATCH] = this;
    const [listener] = server.listeners("request") as WatchedListener[];
    this.#watchers = listener?.[WATCH] ?? [];
    interceptEmit(server, this);
    // Node drops a tunnel's connection where nobody listens; then nobody could count it either.
    server.on("connect", (_request, socket: Duplex) => {
      if (server.listenerCount("connect") === 1) socket.destroy();
    });
  }

  /** The watch of a server, from now on. */
  static of(server: Server): ServerWatch {
    return (server as WatchedServer)[WATCH] ?? new ServerWatch(server);
  }

  /** The same, and of servers to come with its listener, such as one for each address. */
  static ofTwins(server: Server): ServerWatch {
    const watch = ServerWatch.of(server);
    const [listener] = server.listeners("request") as WatchedListener[];
    if (listener !== undefined) listener[WATCH] = watch.#watchers;
    return watch;
  }

  /** A new watcher takes the place of one with the same registry, as after a hot reload. */
  add(watcher: Watcher): void {
    addTo(this.#watchers, watcher);
    for (const [status, count] of this.#unclaimed) {
      for (let rest = count; rest > 0; rest -= 1) watcher.recorder.recordRejected(status);
    }
    this.#unclaimed.clear();
  }

  *watchers(): Generator<Watcher> {
    yield* this.#watchers;
    yield* shared.everywhere;
  }

  begin(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    const { everywhere, findRoute } = shared;
    if (this.#watchers.length + everywhere.length === 0) return;
    const measured = newMeasurement(connection, request, response);
    // Not by `watchers()`, which would make a generator for each request.
    for (const { recorder } of this.#watchers) measured.join(recorder);
    for (const { recorder } of everywhere) measured.join(recorder);
    if (findRoute !== undefined) measured.routedBy(findRoute, request);
  }

  answers(request: IncomingMessage, response: ServerResponse): boolean {
    for (const { answers } of this.#watchers) if (answers?.(request, response)) return true;
    for (const { answers } of shared.everywhere) if (answers?.(request, response)) return true;
    return false;
  }

  beginStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    for (const { recorder } of this.watchers()) streamMeasurementOf(stream, headers).join(recorder);
  }

  beginUpgrade(request: IncomingMessage, socket: Duplex): void {
    for (const { recorder } of this.watchers())
      upgradeMeasurementOf(request, socket).join(recorder);
  }

  reject(error: Error, socket: WatchedSocket): void {
    const status = rejectedStatus(error, socket, Connection.of(socket).newest);
    if (status === undefined) return;
    const claimed = new Set<Registry>();
    for (const { recorder } of this.watchers()) {
      if (claimed.has(recorder.registry)) continue;
      claimed.add(recorder.registry);
      recorder.recordRejected(status);
    }
    if (claimed.size === 0) this.#unclaimed.set(status, (this.#unclaimed.get(status) ?? 0) + 1);
  }
}

/** Watches the server that a request came by, if it came by one. */
export function watchServerOf(request: { readonly socket: Socket }, watcher: Watcher): void {
  const { server } = request.socket as WatchedSocket;
  if (server !== undefined) ServerWatch.of(server).add(watcher);
}

/** Watches every HTTP server of the process, also those to come. */
export function watchEveryServer(watcher: Watcher): void {
  watchProcess();
  addTo(shared.everywhere, watcher);
}

/** How routes are found in the whole process, where no adapter tells them. */
export function findRoutesBy(findRoute: FindRoute): void {
  shared.findRoute = findRoute;
}

/**
 * Makes ready to watch servers: from now on, what they refuse is remembered for the watcher that
 * their first good request brings.
 */
export function watchProcess(): Shared {
  if (shared.hasSubscribed) return shared;
  shared.hasSubscribed = true;
  subscribe("net.server.socket", (message) => {
    const { server } = (message as { socket: WatchedSocket }).socket;
    if (server !== undefined && servesHttp(server)) ServerWatch.of(server);
  });
  subscribe("http.server.request.start", (message) => {
    const { request, response, socket, server } = message as RequestMessage;
    const connection = Connection.of(socket);
    connection.newest = request;
    ServerWatch.of(server).begin(connection, request, response);
  });
  subscribe("http.server.response.finish", (message) => {
    const { request } = message as RequestMessage;
    Connection.by(request)?.finish(request);
  });
  return shared;
}

interface RequestMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: WatchedSocket;
  readonly server: Server;
}

/** Keeps a server out of all measuring: the one of the metrics. */
export function leaveUnwatched(server: Server): void {
  const nobody = { begin() {}, reject() {} } as unknown as ServerWatch;
  (server as WatchedServer)[WATCH] = nobody;
}

function addTo(watchers: Watcher[], watcher: Watcher): void {
  const { needsHead, registry } = watcher.recorder;
  if (needsHead) noticeHeads();
  const at = watchers.findIndex(({ recorder }) => recorder.registry === registry);
  if (at < 0) watchers.push(watcher);
  // One that only measures leaves the other's answers where they are.
  else watchers[at] = { ...watchers[at], ...watcher };
}

function servesHttp(server: Server): boolean {
  const isHttp2 = "updateSettings" in server;
  return server instanceof HttpServer || server instanceof HttpsServer || isHttp2;
}

/** Sees a server's events before its listeners do, whenever these were added. */
function interceptEmit(server: Server, watch: ServerWatch): void {
  const emit = server.emit as (...args: unknown[]) => boolean;
  // Not a closure with rest parameters: this is on the way of every request.
  function emitWatched(this: Server, event: string, first: never, second: never): boolean {
    if (event === "request") {
      return watch.answers(first, second) || emit.call(this, event, first, second);
    }
    if (event === "stream") watch.beginStream(first, second);
    else if (event === "upgrade" || event === "connect") watch.beginUpgrade(first, second);
    else if (event === "clientError") watch.reject(first, second);
    // biome-ignore lint/complexity/noArguments: all arguments, as they are.
    return Reflect.apply(emit, this, arguments);
  }
  server.emit = emitWatched as typeof server.emit;
}
