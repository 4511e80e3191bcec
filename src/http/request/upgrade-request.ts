import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { measuredOf, setMeasuredApart } from "./find.ts";
import { NodeHttpRequest } from "./http-request.ts";
import { MeasuredRequest } from "./measured-request.ts";
import { outcomeOfStatus } from "./outcome.ts";

/** The measurement of a request to upgrade the connection, or of one for a tunnel. */
export function upgradeMeasurementOf(request: IncomingMessage, socket: Duplex): MeasuredRequest {
  return measuredOf(request) ?? new UpgradeRequest(request, socket);
}

/**
 * A request whose handler has the bare socket. What it answers can be read from the first bytes that
 * it writes: a connection that is handed over, or a refusal.
 */
class UpgradeRequest extends MeasuredRequest {
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage, socket: Duplex) {
    super(request.method ?? "");
    this.#request = request;
    setMeasuredApart(request, this);
    this.#readStatus(socket);
    socket.once("close", () => {
      if (this.outcome === "upgraded") this.endStream();
      else if (this.status > 0) this.end(this.status, outcomeOfStatus(this.status));
      else this.end(0, "aborted");
    });
  }

  get view(): NodeHttpRequest {
    return new NodeHttpRequest(this.#request);
  }

  get scheme(): string {
    return "encrypted" in this.#request.socket ? "https" : "http";
  }

  get protocolVersion(): string {
    return this.#request.httpVersion;
  }

  protected readonly isEventStream = false;
  protected readonly hasLength = true;

  protected watch(): void {}

  #readStatus(socket: Duplex): void {
    const { write, end } = socket;
    const reading = <Method extends typeof write | typeof end>(method: Method) =>
      ((...args: unknown[]) => {
        socket.write = write;
        socket.end = end;
        this.#answered(statusOf(args[0]));
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
}

/** The status that the first bytes of a response tell; 0 for bytes that are none. */
function statusOf(chunk: unknown): number {
  const text = chunk instanceof Uint8Array ? Buffer.from(chunk).toString("latin1", 0, 12) : chunk;
  const match = typeof text === "string" ? /^HTTP\/1\.[01] (\d{3})/.exec(text) : null;
  return match === null ? 0 : Number(match[1]);
}
