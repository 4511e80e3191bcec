import type { RequestListener, Server } from "node:http";
import { cannotListen, type NarthexError } from "../../errors.ts";
import { nodeModule } from "../../node-module.ts";
import { processWide } from "../../process-wide.ts";
import { isInGroup } from "../../registry/parts.ts";
import { warn } from "../../warn.ts";
import { NodeHttpRequest } from "../request/http-request.ts";
import { servers } from "../server/servers.ts";
import { elsewhere } from "./elsewhere.ts";
import type { MetricsEndpoint } from "./endpoint.ts";
import { isWorker } from "./one-worker.ts";

interface Address {
  readonly port: number;
  readonly host?: string | undefined;
}

const DEFAULT_HOST = "127.0.0.1";

/** The endpoints of a server with their listeners. The newest endpoint is the one that it serves. */
type Pages = Map<MetricsEndpoint, RequestListener>;

/** What becomes of a server that can't listen. */
interface Outcome {
  onFailure?(error: Error): void;
  /** Another process has the port, whose place this one takes when it ends. */
  onWaiting?(): void;
}

/** Servers that wait for a port which another process of the group has. */
const waiting = new WeakSet<Server>();

/** How often a process looks whether it can take over the port of another one of its group. */
export const TAKEOVER_MS = 500;

/** The metrics servers of the process. After a hot reload, new code goes on with them. */
const running = processWide("http.metrics-servers", () => ({
  byAddress: new Map<string, Server>(),
  /** Those that listen, or once did. */
  listened: new WeakSet<Server>(),
  pages: new WeakMap<Server, Pages>(),
}));

/**
 * Serves the metrics on a port of their own. The server does not keep the process alive, and a port
 * in use is only a warning, because it must not end the application. If this process already serves
 * metrics there, as after a hot reload, that server goes on with the new endpoint; if that is one of
 * another registry, there is a warning.
 *
 * In a group of processes whichever has the port answers for all, and when it ends, another takes its place.
 */
export function startMetricsServer(
  endpoint: MetricsEndpoint,
  { port, host = DEFAULT_HOST }: Address,
  { onFailure, onWaiting }: Outcome = {},
): Server {
  const address = `${host}:${port}`;
  const known = stillThere(running.byAddress.get(address));
  const server = known ?? createMetricsServer();
  warnOfOtherRegistry(server, endpoint, address);
  running.pages.get(server)?.set(endpoint, answering(endpoint));
  answerNewest(server);
  if (known !== undefined) return server;
  if (port !== 0) running.byAddress.set(address, server);
  server.once("listening", () => running.listened.add(server));
  server.once("close", () => forget(server));
  const listen = () => server.listen(exclusive({ port, host })).unref();
  server.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE" && isInGroup(endpoint.registry)) {
      waiting.add(server);
      onWaiting?.();
      whenFree({ port, host }, server, listen);
      return;
    }
    forget(server);
    if (onFailure !== undefined) onFailure(error);
    else warn(notServed(endpoint, { port, host }, error).message);
  });
  return listen();
}

/** The workers of a cluster must not share the port: a blocked one would get scrapes, too. */
function exclusive(address: Address) {
  return { ...address, exclusive: true };
}

/** Calls `take` once nobody else has a port, unless the server is closed before. */
function whenFree(address: Address, server: Server, take: () => void): void {
  const probe = nodeModule("net").createServer().unref();
  const look = () => probe.listen(exclusive(address)).unref();
  let timer = setTimeout(look, TAKEOVER_MS).unref();
  probe.on("error", () => {
    timer = setTimeout(look, TAKEOVER_MS).unref();
  });
  const stop = () => {
    clearTimeout(timer);
    probe.removeAllListeners();
    probe.on("error", () => {}).close();
  };
  server.once("close", stop);
  probe.once("listening", () => {
    server.removeListener("close", stop);
    probe.close(take);
  });
}

/** A server that listens, or is about to; not one that the application is closing. */
function stillThere(server: Server | undefined): Server | undefined {
  return server?.listening === false && running.listened.has(server) ? undefined : server;
}

/** Whether a server waits until the process of its group that has its port ends. */
export function isWaiting(server: Server): boolean {
  return waiting.has(server) && !server.listening;
}

/** The error for metrics that are not served because their server can't listen. */
export function notServed(
  { path }: MetricsEndpoint,
  { port, host = DEFAULT_HOST }: Address,
  cause: Error,
): NarthexError {
  const way = isWorker() ? ", one for each worker of the cluster" : ", or 0 for any that is free";
  return cannotListen(`http://${hostInUrl(host)}:${port}${path}`, cause, way);
}

/** A host as it is written in a URL: with brackets if it is an IPv6 address. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Whether a server serves metrics and nothing else. */
export function isMetricsServer(server: object): boolean {
  return running.pages.has(server as Server);
}

/** Stops serving an endpoint; the server stops, too, if there is nothing else to serve. */
export function leaveMetricsServer(server: Server, endpoint: MetricsEndpoint): void {
  const pages = running.pages.get(server);
  pages?.delete(endpoint);
  if (pages?.size === 0) stopMetricsServer(server);
  else answerNewest(server);
}

/** Stops a metrics server, with all of its connections. */
export function stopMetricsServer(server: Server): void {
  forget(server);
  server.close();
  server.closeAllConnections();
}

function createMetricsServer(): Server {
  const server = nodeModule("http").createServer();
  servers().leaveOut(server);
  running.pages.set(server, new Map());
  // The connections of scrapers must not keep the process alive, either.
  return server.on("connection", (socket) => socket.unref());
}

function warnOfOtherRegistry(server: Server, { registry }: MetricsEndpoint, address: string): void {
  const [before] = newestPage(server);
  if (before === undefined || before.registry === registry) return;
  warn(
    `The port of the metrics ${address} had those of another registry, and has those of the newest one from now on. Give each registry a port of its own, or show both on one page: registry.register(otherRegistry).`,
  );
}

function answerNewest(server: Server): void {
  const [, newest] = newestPage(server);
  server.removeAllListeners("request");
  if (newest !== undefined) server.on("request", newest);
}

function newestPage(server: Server): [MetricsEndpoint, RequestListener] | [] {
  return [...(running.pages.get(server) ?? [])].at(-1) ?? [];
}

function forget(server: Server): void {
  for (const [address, one] of running.byAddress) {
    if (one === server) running.byAddress.delete(address);
  }
}

function answering(endpoint: MetricsEndpoint): RequestListener {
  return (request, response) => {
    const other = elsewhere(endpoint, new NodeHttpRequest(request));
    if (other === undefined) void endpoint.send(request, response);
    else response.writeHead(other.status, other.headers).end(other.body);
  };
}
