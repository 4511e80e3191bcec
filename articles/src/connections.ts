import type { IncomingMessage, ServerResponse } from "node:http";
import { Server, Socket } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/** Each connection may hold a body and an answer of 1 MiB, and takes a file descriptor. */
const MAX_CONNECTIONS = 1_000;
/** How long a client that has just connected may take to send its request during a shutdown. */
const FIRST_REQUEST_MS = 250;
/** How long a client may take to read its answer during a shutdown. */
const UNREAD_ANSWER_MS = 2_000;
const CHECK_MS = 20;
const QUIET_MS = 0.1;
const LONGEST_SEARCH_MS = 200;

/** A request of a connection, and the answer to it. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  handle: () => void;
  /** When its answer was found complete during a shutdown. */
  answeredAt?: number;
}

/**
 * The connections of a server. Requests that a client sends without waiting for answers (pipelining) are
 * handled one after the other, so that one connection takes no more work and memory than one request.
 */
export class Connections {
  readonly #exchanges = new Map<Socket, Exchange[]>();
  readonly #app: FastifyInstance;
  #draining = false;

  /** Add it after the hooks that count requests: it delays those behind it. */
  constructor(app: FastifyInstance) {
    this.#app = app;
    app.server.maxConnections = MAX_CONNECTIONS;
    app.server.on("connection", (socket) => this.#watch(socket));
    app.addHook("onRequest", ({ raw }, reply, done) => {
      this.#enqueue({ request: raw, response: reply.raw, handle: done });
    });
    // A connection that is kept alive would delay the shutdown.
    app.addHook("onSend", async (_request, reply) => {
      if (this.#draining) reply.header("connection", "close");
    });
  }

  get draining(): boolean {
    return this.#draining;
  }

  #enqueue(exchange: Exchange): void {
    const { socket } = exchange.request;
    if (!(socket instanceof Socket)) {
      exchange.handle(); // Injected by a test.
      return;
    }
    // Fastify has a second server for the second address of "localhost".
    const queue = this.#exchanges.get(socket) ?? this.#watch(socket);
    queue.push(exchange);
    exchange.response.once("close", () => {
      queue.shift();
      if (!socket.destroyed) queue[0]?.handle();
    });
    if (queue.length === 1) exchange.handle();
  }

  #watch(socket: Socket): Exchange[] {
    const queue: Exchange[] = [];
    this.#exchanges.set(socket, queue);
    socket.once("close", () => this.#forget(socket));
    return queue;
  }

  #forget(socket: Socket): void {
    const [, ...unhandled] = this.#exchanges.get(socket) ?? [];
    this.#exchanges.delete(socket);
    // Node closes only the response that it has begun, and what counts requests waits for the others.
    for (const { response } of unhandled) response.emit("close");
  }

  /** Calls `next` when the requests that came before on this connection are answered. */
  whenAnswered(socket: Socket, next: () => void): void {
    const queue = this.#exchanges.get(socket) ?? [];
    const last = queue.at(-1);
    if (last?.request.complete) last.response.once("close", next);
    else next();
  }

  /**
   * Ends the server without breaking a request off: answers for another `delayMs`, with
   * `Connection: close`, then stops listening, and resolves when all that came in is answered.
   */
  async drain(delayMs: number): Promise<void> {
    this.#draining = true;
    await setTimeout(delayMs);
    await quietMoment();
    // Only stops listening: closing the HTTP server would cut off clients whose request is on its way.
    Server.prototype.close.call(this.#app.server);
    const deadline = performance.now() + FIRST_REQUEST_MS;
    while (this.#exchanges.size > 0) {
      await setTimeout(CHECK_MS);
      for (const [socket, queue] of this.#exchanges) {
        const isDone = queue[0] ? isUnread(queue[0]) : performance.now() > deadline;
        if (isDone) socket.destroy();
      }
    }
    await this.#app.close();
  }
}

function isUnread(exchange: Exchange): boolean {
  if (!exchange.response.writableEnded) return false;
  exchange.answeredAt ??= performance.now();
  return performance.now() - exchange.answeredAt > UNREAD_ANSWER_MS;
}

/**
 * Waits for a turn of the event loop that had nothing to do, as then hardly a client is in the queue of
 * the listening socket: closing that resets them, before their requests are read.
 */
async function quietMoment(): Promise<void> {
  const end = performance.now() + LONGEST_SEARCH_MS;
  for (let turn = performance.now(), last = 0; turn < end && turn - last > QUIET_MS; ) {
    await setImmediate();
    last = turn;
    turn = performance.now();
  }
}
