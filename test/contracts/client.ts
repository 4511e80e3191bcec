import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { onTestFinished } from "vitest";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** A connection for this request alone, by default. */
  readonly agent?: Agent;
}

/** Sends a request and reads the whole answer; fails if the answer breaks off. */
export function send(
  { port }: { readonly port: number },
  path: string,
  { method = "GET", headers = {}, body, agent }: RequestOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = { host: "127.0.0.1", port, path, method, headers, agent: agent ?? false };
    const sent = request(target, async (response) => {
      const pieces: Buffer[] = [];
      try {
        for await (const piece of response) pieces.push(piece);
      } catch (error) {
        reject(error);
      }
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, headers, body: Buffer.concat(pieces).toString() });
    });
    sent.once("error", reject).end(body);
  });
}

/** An agent that keeps up to so many connections open, until the end of the test. */
export function keepAliveAgent(connections: number): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  onTestFinished(() => agent.destroy());
  return agent;
}
