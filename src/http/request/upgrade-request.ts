import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { guard } from "../guard.ts";
import { isEncrypted, NodeHttpRequest } from "./http-request.ts";
import { MeasuredRequest } from "./measured-request.ts";
import { outcomeOfStatus } from "./outcome.ts";

/**
 * A request to upgrade the connection, or for a tunnel. Its handler gets the bare socket, so the status
 * is read from the first bytes that are written there: it tells whether the connection is handed over.
 */
export class UpgradeRequest extends MeasuredRequest {
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage, socket: Duplex) {
    super(request.method ?? "");
    this.#request = request;
    this.#readStatus(socket);
    socket.once("close", () => this.#close());
    // If a handler never reads the socket, the socket ends and never closes.
    socket.once("end", () => this.#clientEnded());
  }

  get view(): NodeHttpRequest {
    return new NodeHttpRequest(this.#request);
  }

  get scheme(): string {
    return isEncrypted(this.#request) ? "https" : "http";
  }

  get protocolVersion(): string {
    return this.#request.httpVersion;
  }

  protected readonly isEventStream = false;
  protected readonly hasLength = true;

  protected needs(): void {}

  #readStatus(socket: Duplex): void {
    const { write, end } = socket;
    const reading = <Method extends typeof write | typeof end>(method: Method) =>
      ((...args: unknown[]) => {
        socket.write = write;
        socket.end = end;
        guard(() => this.#answered(statusOf(args[0])));
        return Reflect.apply(method, socket, args);
      }) as Method;
    socket.write = reading(write);
    socket.end = reading(end);
  }

  #answered(status: number): void {
    this.noticeHead();
    this.status = status;
    const isTunnel = this.method === "CONNECT" && status >= 200 && status < 300;
    if (status === 101 || isTunnel) this.end(status, "upgraded");
  }

  #clientEnded(): void {
    if (this.outcome !== "upgraded") this.#close();
  }

  #close(): void {
    if (this.outcome === "upgraded") this.endStream();
    else if (this.status > 0) this.end(this.status, outcomeOfStatus(this.status));
    else this.end(0, "aborted");
  }
}

/** The status in the first bytes of a response; 0 if they have none. */
function statusOf(chunk: unknown): number {
  const text = chunk instanceof Uint8Array ? Buffer.from(chunk).toString("latin1", 0, 12) : chunk;
  const match = typeof text === "string" ? /^HTTP\/1\.[01] (\d{3})/.exec(text) : null;
  return match === null ? 0 : Number(match[1]);
}
