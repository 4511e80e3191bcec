import { createServer, type RequestListener, type Server } from "node:http";
import { invalidSetting } from "../../errors.ts";
import { warn } from "../../warn.ts";
import { leaveUnwatched } from "../server/server-watch.ts";
import type { MetricsEndpoint } from "./endpoint.ts";

interface Address {
  readonly port: number;
  readonly host?: string | undefined;
}

/** The servers of the process by their address, for code that is loaded again. */
const SERVERS = Symbol.for("narthex.http.metrics-servers");
const shared = globalThis as { [SERVERS]?: Map<string, MetricsServer> };

const PAGES = Symbol.for("narthex.http.metrics-pages");

interface MetricsServer extends Server {
  /** All that is to be served there; the newest is. */
  readonly [PAGES]: Map<MetricsEndpoint, RequestListener>;
}

export function checkPort(port: unknown): void {
  if (Number.isInteger(port) && (port as number) >= 0 && (port as number) < 65_536) return;
  throw invalidSetting("HTTP metrics", "port", port, "use a port from 0 to 65535");
}

/**
 * Serves the metrics on a port of their own. The server does not keep the process alive, and a port
 * in use is a warning: it does not bring the application down. Where this process serves metrics
 * there already, as after a hot reload, that server goes on with the new endpoint.
 */
export function startMetricsServer(
  endpoint: MetricsEndpoint,
  { port, host = "127.0.0.1" }: Address,
  onFailure: (error: Error) => void = ({ message }) =>
    warn(
      `No metrics on http://${host}:${port}${endpoint.path}: ${message}. Choose another port with the option port.`,
    ),
): Server {
  shared[SERVERS] ??= new Map();
  const servers = shared[SERVERS];
  const address = `${host}:${port}`;
  const server = servers.get(address) ?? createMetricsServer();
  server[PAGES].set(endpoint, answering(endpoint));
  answerNewest(server);
  if (servers.get(address) === server) return server;
  if (port !== 0) servers.set(address, server);
  server.once("close", () => forget(server));
  server.on("error", (error) => {
    forget(server);
    onFailure(error);
  });
  // In a cluster, the others' metrics are not these.
  return server.listen({ port, host, exclusive: true }).unref();
}

/** Serves no longer what `endpoint` is; the server stops if there is nothing else. */
export function leaveMetricsServer(server: Server, endpoint: MetricsEndpoint): void {
  const { [PAGES]: pages } = server as MetricsServer;
  pages.delete(endpoint);
  if (pages.size === 0) stopMetricsServer(server);
  else answerNewest(server as MetricsServer);
}

/** Stops a server of metrics with all of its connections. */
export function stopMetricsServer(server: Server): void {
  forget(server);
  server.close();
  server.closeAllConnections();
}

function createMetricsServer(): MetricsServer {
  const server = createServer();
  leaveUnwatched(server);
  // Nor do the connections of scrapers keep the process alive.
  server.on("connection", (socket) => socket.unref());
  return Object.assign(server, { [PAGES]: new Map() });
}

function answerNewest(server: MetricsServer): void {
  const [newest] = [...server[PAGES].values()].reverse();
  server.removeAllListeners("request").on("request", newest as RequestListener);
}

function forget(server: Server): void {
  for (const [address, running] of shared[SERVERS] ?? []) {
    if (running === server) shared[SERVERS]?.delete(address);
  }
}

function answering(endpoint: MetricsEndpoint): RequestListener {
  return (request, response) => {
    if (endpoint.isAt(request.url ?? "/")) void endpoint.send(request, response);
    else response.writeHead(404, { "content-type": "text/plain" }).end("Not found.\n");
  };
}
