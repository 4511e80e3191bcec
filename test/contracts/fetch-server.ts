import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";

type Fetch = (request: Request) => Response | Promise<Response>;

/** A server whose handler sees nothing but the fetch API, as on Bun, on Deno and in edge networks. */
export function fetchServer(fetch: Fetch): Server {
  return createServer(async (incoming, outgoing) => {
    const leaving = new AbortController();
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) leaving.abort();
    });
    try {
      await send(await fetch(requestOf(incoming, leaving.signal)), outgoing);
    } catch {
      // Where the headers are sent, the pipeline has broken the connection off.
      if (!outgoing.headersSent) outgoing.writeHead(500).end();
    }
  });
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { headers: rawHeaders, method = "GET", url = "/" } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(rawHeaders)) headers.set(name, String(value));
  const address = url.startsWith("/") ? `http://${headers.get("host")}${url}` : url;
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream) : null;
  return new Request(address, { method, headers, signal, body, duplex: "half" });
}

async function send({ status, headers, body }: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(status, Object.fromEntries(headers));
  if (body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(body as NodeReadableStream), outgoing);
}
