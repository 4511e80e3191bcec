import type { Server } from "node:http";
import type { HttpMetricsOptions } from "../../src/http/options.ts";
import type { Difference } from "./difference.ts";

/** A framework under the contract: how its real server with the contract's routes is started. */
export interface Subject {
  readonly name: string;
  /** The routes that frameworks write differently. */
  readonly templates: Templates;
  /** What the framework truly cannot do, by the title of the scenario that shows it. */
  readonly differences?: Readonly<Record<string, Difference>>;
  /** The titles of scenarios about what only servers of Node know. */
  readonly leavesOut?: readonly string[];
  /**
   * Listens on a free port of 127.0.0.1, with `httpMetrics` in the framework's own manner, once for
   * each of the options, and offers these routes, each in the way the framework's users would write it:
   *
   * | route | |
   * |---|---|
   * | GET /plain | `PLAIN`, with a content-length |
   * | GET /api/v1/users/:userId/posts/:postId | the two parameters as text, from nested routers |
   * | GET /api/v1/users/:userId/broken | throws, inside nested routers |
   * | GET /files/* | any text |
   * | POST /echo | the JSON body, parsed by the framework; broken JSON gets its 4xx |
   * | GET /throws | throws synchronously: 500 |
   * | GET /rejects | its promise is rejected: 500 |
   * | GET /silent | is never answered |
   * | GET /stream | `dripping()`, without a length |
   * | GET /events | `events()` as text/event-stream |
   * | GET /fails | `failing()`: a stream that fails after the headers and some bytes |
   * | GET /big | `big()` with back-pressure, with the content-length `BIG_BYTES` |
   * | POST /upload | reads an application/octet-stream to its end, and answers its size |
   *
   * A guard in front of all of them answers requests that have the header `x-refused` with 401.
   */
  start(calls: readonly HttpMetricsOptions[]): Promise<RunningSubject>;
}

export interface Templates {
  /** GET /api/v1/users/:userId/posts/:postId */
  readonly user: string;
  /** GET /api/v1/users/:userId/broken */
  readonly broken: string;
  /** GET /files/* */
  readonly wildcard: string;
}

export interface RunningSubject {
  /** The server itself: for upgrades, and to see requests come. */
  readonly server: Server;
  /** Sends a request that comes by no socket, in the manner of the framework's tests. */
  inject(path: string): Promise<unknown>;
  /** Called after all connections are closed. */
  close(): Promise<unknown>;
}
