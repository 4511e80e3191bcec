import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ScrapeRequest, Scraper } from "../scrape/scraper.ts";

export interface MetricsServerOptions {
  /** The port that serves the metrics; 0 for any that is free. */
  readonly port: number;
  /** The address it listens on, `127.0.0.1` by default; `0.0.0.0` lets other machines scrape it. */
  readonly host?: string;
}

/**
 * Serves the metrics on a port of their own. The server does not keep the process alive, and a port
 * in use is a warning: it does not bring the application down.
 */
export function startMetricsServer(
  scraper: Scraper,
  path: string,
  { port, host = "127.0.0.1" }: MetricsServerOptions,
): Server {
  const server = createServer((request, response) => {
    if (request.url?.split("?")[0] === path) void sendScrape(scraper, request, response);
    else response.writeHead(404, { "content-type": "text/plain" }).end("Not found.\n");
  });
  server.once("error", (error) => {
    process.emitWarning(
      `No metrics on http://${host}:${port}${path}: ${error.message}. Choose another port with the option port.`,
      "NarthexWarning",
    );
  });
  return server.listen(port, host).unref();
}

/** Answers one scrape over Node's HTTP. */
async function sendScrape(
  scraper: Scraper,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, headers, body } = await scraper.scrape(scrapeRequest(request));
  response.writeHead(status, headers).end(body);
}

/** A Node request as the scraper reads it. */
export function scrapeRequest(request: IncomingMessage): ScrapeRequest {
  return {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(",") : value;
    },
  };
}
