import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { countBody } from "./body-bytes.ts";
import type { HttpRecorder } from "./http-recorder.ts";
import { NodeHttpRequest } from "./http-request.ts";
import { streamMeasurementOf } from "./http2-request.ts";
import { type MeasuredMessage, measuredOf, setMeasured } from "./measured-message.ts";
import { isEventStream, MeasuredRequest } from "./measured-request.ts";
import { type Outcome, outcomeOfStatus } from "./outcome.ts";
import { headerOf } from "./passed-headers.ts";

/** The measurement of a request of Node's HTTP: a new one, or the one that has begun already. */
export function measurementOf(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): MeasuredRequest {
  if ("stream" in request) return streamMeasurementOf(request.stream, request.headers);
  return measuredOf(request) ?? new NodeRequest(request, response as ServerResponse);
}

/** A request that came by HTTP/1. */
export class NodeRequest extends MeasuredRequest {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #writeHead: ServerResponse["writeHead"] | undefined;
  #passedHeaders: unknown;
  #countsBody = false;

  constructor(request: IncomingMessage, response: ServerResponse) {
    super(request.method ?? "");
    this.#request = request;
    this.#response = response;
    setMeasured(request, this);
    setMeasured(response, this);
    response.on("finish", onFinish);
    // Comes after `finish`, or instead of it.
    response.on("close", onClose);
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

  finish(): void {
    const { statusCode } = this.#response;
    this.end(statusCode, outcomeOfStatus(statusCode));
  }

  breakOff(): void {
    const { headersSent, socket, statusCode } = this.#response;
    // Without a socket its turn never came: nothing of it was sent.
    if (headersSent && socket !== null) this.end(statusCode, this.#outcomeOfBreak());
    else this.end(0, "aborted");
  }

  writeHead(args: readonly unknown[]): unknown {
    const result = Reflect.apply(this.#writeHead as () => unknown, this.#response, args);
    if (this.headAt === 0) {
      this.headAt = performance.now();
      this.#passedHeaders = args.at(-1);
    }
    return result;
  }

  protected get isEventStream(): boolean {
    return isEventStream(this.#header("content-type"));
  }

  protected get hasLength(): boolean {
    return this.#header("content-length") !== undefined;
  }

  protected watch({ needsHead, needsSizes }: HttpRecorder): void {
    if (needsHead && this.#writeHead === undefined) {
      this.#writeHead = this.#response.writeHead;
      this.#response.writeHead = noticeHead;
    }
    if (needsSizes && !this.#countsBody) {
      this.#countsBody = true;
      countBody(this, this.#request, this.#response, () => this.#dropsBody());
    }
  }

  /** Who broke the response off: a client that leaves ends its side, or makes the socket fail. */
  #outcomeOfBreak(): Outcome {
    const { socket } = this.#request;
    const hasClientLeft = socket.readableEnded || isSystemError(socket.errored);
    return hasClientLeft && !this.#response.errored ? "aborted_response" : "failed_response";
  }

  #dropsBody(): boolean {
    const { statusCode } = this.#response;
    return this.method === "HEAD" || statusCode === 204 || statusCode === 304;
  }

  #header(name: string): unknown {
    return this.#response.getHeader(name) ?? headerOf(this.#passedHeaders, name);
  }
}

/** An error of the connection itself, such as ECONNRESET, rather than one that a program made. */
function isSystemError(error: Error | null): boolean {
  return error !== null && "syscall" in error;
}

// One function each for all responses: a closure a request would be one more object to make.

function onFinish(this: MeasuredMessage): void {
  (measuredOf(this) as NodeRequest).finish();
}

function onClose(this: MeasuredMessage): void {
  const measured = measuredOf(this) as NodeRequest;
  if (measured.endAt === 0) measured.breakOff();
}

function noticeHead(this: MeasuredMessage, ...args: unknown[]): never {
  return (measuredOf(this) as NodeRequest).writeHead(args) as never;
}
