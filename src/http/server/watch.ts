import type { IncomingMessage, ServerResponse } from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { SHARED } from "../../process-wide.ts";
import type { Registry } from "../../registry/registry.ts";
import { guard, reportFailure } from "../guard.ts";
import { Connection } from "../request/connection.ts";
import { requestOf, requestOrNew } from "../request/find.ts";
import { noticeHeads } from "../request/heads.ts";
import { Http2Request } from "../request/http2-request.ts";
import type { Recorder } from "../request/measured-request.ts";
import { NodeRequest } from "../request/node-request.ts";
import { UpgradeRequest } from "../request/upgrade-request.ts";

/** Measures a server's requests, and may answer some of them. */
export interface Watcher {
  readonly recorder: Recorder;
  /** The path of the page that it serves. */
  readonly path?: string;
  /** Answers a request before the server's own listeners see it; returns whether it did. */
  readonly answers?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** What applies to all servers of the process. */
export interface Everywhere {
  readonly watchers: Watcher[];
  /** Finds the route of a request where no adapter tells it. */
  findRoute: ((request: IncomingMessage) => string | undefined) | undefined;
}

interface WatchedServer extends Server {
  [SHARED]?: ServerWatch;
}

/** A listener for requests; all servers that have it share its watchers. */
interface WatchedListener {
  [SHARED]?: Watcher[];
}

/**
 * Sees what only the server itself knows: when a request's head came, which connections are handed
 * over, and which requests Node answers or refuses without asking a handler.
 */
export class ServerWatch {
  // Not `#private`, because every request passes here, and plain fields are faster.
  private readonly own: Watcher[];
  private readonly everywhere: Everywhere;
  /** Requests that were refused before anyone watched, by their status. */
  private readonly unclaimed = new Map<number, number>();
  private isOff = false;

  private constructor(server: WatchedServer, everywhere: Everywhere) {
    server[SHARED] = this;
    this.everywhere = everywhere;
    this.own = listenerOf(server)?.[SHARED] ?? [];
    interceptEmit(server, this);
    // Node emits `connect` only if somebody listens.
    server.on("connect", seeTunnel);
  }

  /** The watch of a server; if there is none, it begins now. */
  static of(server: Server, everywhere: Everywhere): ServerWatch {
    return (server as WatchedServer)[SHARED] ?? new ServerWatch(server, everywhere);
  }

  /** Adds a watcher, in place of one with the same registry, as after a hot reload. */
  add(watcher: Watcher): void {
    addWatcher(this.own, watcher);
    for (const [status, count] of this.unclaimed) {
      for (let rest = count; rest > 0; rest -= 1) watcher.recorder.recordRejected(status);
    }
    this.unclaimed.clear();
  }

  /** Also watches later servers with the same listener, such as one for each address. */
  shareWithTwins(server: Server): void {
    const listener = listenerOf(server);
    if (listener !== undefined) listener[SHARED] = this.own;
  }

  /** Leaves the server out of all measuring. */
  leaveOut(): void {
    this.isOff = true;
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    const { own, everywhere } = this;
    if (this.isOff || own.length + everywhere.watchers.length === 0) return;
    const measured = requestOrNew(request, () => new NodeRequest(request, response));
    for (const { recorder } of own) measured.join(recorder);
    for (const { recorder } of everywhere.watchers) measured.join(recorder);
    if (everywhere.findRoute !== undefined) measured.routedBy(everywhere.findRoute, request);
  }

  /** Lets watchers answer a request; returns whether one did. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.isOff) return false;
    for (const { answers } of this.own) if (answers?.(request, response)) return true;
    const { watchers } = this.everywhere;
    for (const { answers } of watchers) if (answers?.(request, response)) return true;
    return false;
  }

  beginStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    for (const { recorder } of this.watchers()) {
      requestOrNew(stream, () => new Http2Request(stream, headers)).join(recorder);
    }
  }

  beginUpgrade(request: IncomingMessage, socket: Duplex): void {
    for (const { recorder } of this.watchers()) {
      requestOrNew(request, () => new UpgradeRequest(request, socket)).join(recorder);
    }
  }

  reject(error: Error, socket: Socket): void {
    const connection = Connection.of(socket);
    connection.refuse();
    const status = rejectedStatus(error, socket, connection.newest);
    if (status === undefined || this.isOff) return;
    const recorders = new Map<Registry, Recorder>();
    for (const { recorder } of this.watchers()) {
      if (!recorders.has(recorder.registry)) recorders.set(recorder.registry, recorder);
    }
    for (const recorder of recorders.values()) recorder.recordRejected(status);
    if (recorders.size === 0) this.unclaimed.set(status, (this.unclaimed.get(status) ?? 0) + 1);
  }

  /** All watchers. Requests of HTTP/1 don't use this, because it makes a new list each time. */
  private watchers(): readonly Watcher[] {
    return this.isOff ? [] : [...this.own, ...this.everywhere.watchers];
  }
}

/**
 * Adds a watcher to a list. The newest recorder of a registry takes the place of the others, and the
 * newest page at a path too; pages at other paths stay.
 */
export function addWatcher(watchers: Watcher[], watcher: Watcher): void {
  const { recorder, path } = watcher;
  if (recorder.needsHead) noticeHeads(noticeHead);
  let isMissing = true;
  for (const [at, known] of watchers.entries()) {
    if (known.recorder.registry !== recorder.registry) continue;
    const isSame = known.path === path || watcher.answers === undefined;
    watchers[at] = isSame ? { ...known, ...watcher } : { ...known, recorder };
    if (isSame) isMissing = false;
  }
  if (isMissing) watchers.push(watcher);
}

function noticeHead({ req }: ServerResponse, passedHeaders: unknown): void {
  try {
    if (req) requestOf(req)?.noticeHead(passedHeaders);
  } catch (error) {
    reportFailure(error);
  }
}

function listenerOf(server: Server): WatchedListener | undefined {
  return server.listeners("request")[0] as WatchedListener | undefined;
}

/** Sees a server's events before its listeners do, whenever these were added. */
function interceptEmit(server: Server, watch: ServerWatch): void {
  const emit = server.emit as (...args: unknown[]) => boolean;
  // Without rest parameters, because every request passes here.
  function emitWatched(this: Server, event: string, first: never, second: never): boolean {
    if (event === "request") {
      return isAnswered(watch, first, second) || emit.call(this, event, first, second);
    }
    if (event === "stream") guard(() => watch.beginStream(first, second));
    else if (event === "upgrade") guard(() => watch.beginUpgrade(first, second));
    else if (event === "connect") {
      // Over HTTP/2, a tunnel is a stream, which is measured already.
      const isStream = "stream" in first;
      if (!isStream) guard(() => watch.beginUpgrade(first, second));
      if (isAlone(this)) return isStream ? false : drop(second);
    } else if (event === "clientError") guard(() => watch.reject(first, second));
    // biome-ignore lint/complexity/noArguments: passes on all arguments without a copy.
    return Reflect.apply(emit, this, arguments);
  }
  server.emit = emitWatched as typeof server.emit;
}

/** Our listener for tunnels does nothing, because our `emit` has already seen them. */
function seeTunnel(): void {}

/** Whether only we listen for tunnels. Then the tunnel must end as if nobody listened. */
function isAlone(server: Server): boolean {
  return server.listeners("connect").every((listener) => listener === seeTunnel);
}

/** What Node does with a tunnel over HTTP/1 for which nobody listens. */
function drop(socket: Duplex): true {
  socket.destroy();
  return true;
}

function isAnswered(watch: ServerWatch, request: IncomingMessage, response: ServerResponse) {
  try {
    // A test can emit requests that came by no connection; Node has not published these.
    if (Connection.by(request) === undefined && !("stream" in request)) {
      watch.begin(request, response);
    }
    return watch.answer(request, response);
  } catch (error) {
    reportFailure(error);
    return false;
  }
}

const BAD_REQUEST = 400;

/** The status with which Node refuses a request, by the code of the error, where it is not 400. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * The status of a request that Node refused with an error. Undefined where there was no new request:
 * the connection failed, nothing had come yet, or what came is the rest of a request that has begun.
 */
function rejectedStatus(
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
