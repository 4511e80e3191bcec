import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Connections } from "./connections.ts";
import { PROBLEM_TYPE, Problem, problemDocument } from "./problem.ts";

/** The errors of Node's HTTP parser, and what we answer to them. */
const problems: Record<string, Problem> = {
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, "the request did not arrive in time"),
  HPE_HEADER_OVERFLOW: new Problem(431, "the header is too large"),
};
const malformed = new Problem(400, "this is not a valid HTTP request");

/**
 * Returns a function that answers bytes that Node could not parse as a request, and closes the
 * connection. The requests that came before them are answered first: they may have stored something.
 */
export function clientErrorHandler(connections: () => Connections) {
  const failed = new WeakSet<Socket>();
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // Node reports each further chunk of the same connection.
    if (failed.has(socket)) return;
    failed.add(socket);
    connections().whenAnswered(socket, () => answer(error, socket));
  };
}

function answer(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problems[error.code ?? ""] ?? malformed;
  const body = JSON.stringify(problemDocument(problem));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    "X-Content-Type-Options: nosniff",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
