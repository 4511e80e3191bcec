import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";

/** A server that requests go to, until the end of the test. */
export interface Target {
  readonly url: string;
  /** As labels name it. */
  readonly host: string;
  readonly port: number;
  /** How many requests have reached it. */
  readonly received: () => number;
}

type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "/ok": (response) => response.end("hello"),
  "/big": (response) => response.end(Buffer.alloc(8_000_000)),
  "/missing": (response) => response.writeHead(404).end("missing"),
  "/busy": (response) => response.writeHead(503).end("busy"),
  "/created": (response) => response.writeHead(201).end("created"),
  "/redirect": (response) => response.writeHead(302, { location: "/ok" }).end(),
  "/hints": (response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload" });
    response.end("hinted");
  },
  "/hint-and-die": (response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload" }, () =>
      response.socket?.destroy(),
    );
  },
  "/read": (response, request) => request.resume().on("end", () => response.end("read")),
  "/refuse-body": (response) => response.writeHead(413, { connection: "close" }).end("too large"),
  "/hang": () => {},
  "/endless": (response) => response.writeHead(200).write("first"),
  "/die": (response) => response.socket?.destroy(),
  "/cut": (response) => {
    response.writeHead(200).write("first", () => response.socket?.end());
  },
  "/nonsense": (response) => response.socket?.end("HTTP/1.1 two hundred\r\n\r\n"),
};

export async function startTarget(tls?: ServerOptions): Promise<Target> {
  let received = 0;
  const answer: RequestListener = (request, response) => {
    received += 1;
    response.on("error", () => {});
    const path = request.url?.split("?")[0] ?? "";
    (BEHAVIOURS[path] ?? BEHAVIOURS["/missing"])?.(response, request);
  };
  const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
  server.on("upgrade", (request, socket: Duplex) => {
    received += 1;
    upgrade(request, socket);
  });
  server.on("connect", (request, socket: Duplex) => {
    received += 1;
    tunnel(request, socket);
  });
  const port = await listening(server);
  const scheme = tls === undefined ? "http" : "https";
  const host = `127.0.0.1:${port}`;
  return { url: `${scheme}://${host}`, host, port, received: () => received };
}

/** A port that refuses connections. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets = new Set<Duplex>();
  server.on("connection", (socket) => sockets.add(socket));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
}

/** Speaks the protocol `echo`, and no other. */
function upgrade(request: IncomingMessage, socket: Duplex): void {
  socket.on("error", () => {});
  if (request.headers.upgrade !== "echo") {
    socket.end("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
  socket.pipe(socket);
}

function tunnel(request: IncomingMessage, socket: Duplex): void {
  const [host = "", port = ""] = (request.url ?? "").split(":");
  const far = connect(Number(port), host, () => {
    socket.write("HTTP/1.1 200 Connected\r\n\r\n");
    socket.pipe(far).pipe(socket);
  });
  far.on("error", () => socket.destroy());
  socket.on("error", () => far.destroy());
  socket.on("close", () => far.destroy());
}
