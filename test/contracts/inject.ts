import { once } from "node:events";
import { IncomingMessage, type RequestListener, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** Calls a listener with requests that came by no socket, as tests do. */
export function intoListener(listener: RequestListener): (path: string) => Promise<unknown> {
  return async (path) => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }) as Socket;
    const request = Object.assign(new IncomingMessage(socket), { method: "GET", url: path });
    request.headers.host = "localhost";
    request.push(null);
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    const finished = once(response, "finish");
    listener(request, response);
    await finished;
  };
}

/** Emits such requests on a server. */
export function intoServer(server: Server): (path: string) => Promise<unknown> {
  return intoListener((request, response) => server.emit("request", request, response));
}
