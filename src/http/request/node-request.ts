import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { HttpRecorder } from "../record/recorder.ts";
import { countBody } from "./body-bytes.ts";
import { Connection } from "./connection.ts";
import { measuredApart, setMeasuredApart } from "./find.ts";
import { NodeHttpRequest } from "./http-request.ts";
import { streamMeasurementOf } from "./http2-request.ts";
import { isEventStream, MeasuredRequest } from "./measured-request.ts";
import { type Outcome, outcomeOfStatus } from "./outcome.ts";
import { headerOf } from "./passed-headers.ts";

/** The measurement of a request of Node's HTTP: the one that has begun already, or a new one. */
export function measurementOf(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): MeasuredRequest {
  // First what is true of nearly all.
  const measured = Connection.by(request)?.find(request);
  if (measured !== undefined) return measured;
  if ("stream" in request) return streamMeasurementOf(request.stream, request.headers);
  return measuredApart(request) ?? lateMeasurement(request, response as ServerResponse);
}

/** Of a request whose head Node has just read. */
export function newMeasurement(
  connection: Connection,
  request: IncomingMessage,
  response: ServerResponse,
): NodeRequest {
  const measured = new NodeRequest(request, response);
  connection.add(measured);
  return measured;
}

/** Of a request that came when nobody watched its server yet. */
function lateMeasurement(request: IncomingMessage, response: ServerResponse): NodeRequest {
  const connection = Connection.by(request);
  const isOver = response.writableEnded || request.socket?.destroyed;
  if (connection !== undefined && !isOver) return newMeasurement(connection, request, response);
  const measured = new NodeRequest(request, response);
  if (isOver) measured.noteOver();
  else endByEvents(measured, request, response);
  return measured;
}

/** Of requests that Node's parser did not read: of tests, say, that come by no socket. */
function endByEvents(
  measured: NodeRequest,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  setMeasuredApart(request, measured);
  response.once("finish", () => measured.finish());
  // Comes after `finish`, or instead of it.
  response.once("close", () => {
    if (measured.endAt === 0) measured.breakOff();
  });
}

/** A request that came by HTTP/1. */
export class NodeRequest extends MeasuredRequest {
  readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly url: string | undefined;
  private passedHeaders: unknown;
  private timesHead = false;
  private countsBody = false;

  constructor(request: IncomingMessage, response: ServerResponse) {
    super(request.method ?? "");
    this.request = request;
    this.response = response;
    this.url = request.url;
  }

  get view(): NodeHttpRequest {
    return new NodeHttpRequest(this.request, this.url);
  }

  get scheme(): string {
    return "encrypted" in this.request.socket ? "https" : "http";
  }

  get protocolVersion(): string {
    return this.request.httpVersion;
  }

  override noticeHead(passedHeaders: unknown): void {
    this.passedHeaders = passedHeaders;
    // What has a length is no stream: then nobody needs the time, and the clock is not read.
    if (this.timesHead || !this.hasLength) super.noticeHead();
  }

  finish(): void {
    const { statusCode } = this.response;
    this.end(statusCode, outcomeOfStatus(statusCode));
  }

  /** Its connection is gone. */
  breakOff(): void {
    const { headersSent, socket, statusCode } = this.response;
    // Without a socket its turn never came: nothing of it was sent.
    if (headersSent && socket !== null) this.end(statusCode, this.outcomeOfBreak());
    else this.end(0, "aborted");
  }

  protected get isEventStream(): boolean {
    return isEventStream(this.header("content-type"));
  }

  protected get hasLength(): boolean {
    // Node sends what has no length in chunks, unless the client could not take them.
    const { chunkedEncoding, shouldKeepAlive } = this.response;
    if (!chunkedEncoding && shouldKeepAlive) return true;
    return this.header("content-length") !== undefined;
  }

  protected watch({ timesHeads, needsSizes }: HttpRecorder): void {
    if (timesHeads) this.timesHead = true;
    if (!needsSizes || this.countsBody) return;
    this.countsBody = true;
    countBody(this, this.request, this.response, () => this.dropsBody());
  }

  /** Who broke the response off: a client that leaves ends its side, or makes the socket fail. */
  private outcomeOfBreak(): Outcome {
    const { socket } = this.request;
    const { errored } = this.response;
    const hasClientLeft = socket.readableEnded || isSystemError(socket.errored);
    // A pipeline also fails the response of a client that has left; that error closed no socket.
    const isOurs = Boolean(errored) && errored === socket.errored;
    return hasClientLeft && !isOurs ? "aborted_response" : "failed_response";
  }

  private dropsBody(): boolean {
    const { statusCode } = this.response;
    return this.method === "HEAD" || statusCode === 204 || statusCode === 304;
  }

  private header(name: string): unknown {
    return this.response.getHeader(name) ?? headerOf(this.passedHeaders, name);
  }
}

/** An error of the connection itself, such as ECONNRESET, rather than one that a program made. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
