import type { IncomingMessage, ServerResponse } from "node:http";
import { countBody } from "./body.ts";
import type { OpenRequest } from "./connection.ts";
import { headerOf } from "./heads.ts";
import { isEncrypted, NodeHttpRequest } from "./http-request.ts";
import { MeasuredRequest, type Recorder } from "./measured-request.ts";
import { isEventStream, type Outcome, outcomeOfStatus } from "./outcome.ts";

/** A request that came by HTTP/1. */
export class NodeRequest extends MeasuredRequest implements OpenRequest {
  readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly url: string | undefined;
  private passedHeaders: unknown;
  private timesHead = false;
  private countsBody = false;
  /** Whether the connection was refused before anything of the response was sent. */
  private isRefused = false;

  constructor(request: IncomingMessage, response: ServerResponse) {
    super(request.method ?? "");
    this.request = request;
    this.response = response;
    this.url = request.url;
  }

  /** A request that came when nobody watched its server. If it has ended, nothing is recorded. */
  static late(request: IncomingMessage, response: ServerResponse): NodeRequest {
    const late = new NodeRequest(request, response);
    if (response.writableEnded || request.socket?.destroyed) late.endAt = late.start;
    return late;
  }

  get view(): NodeHttpRequest {
    return new NodeHttpRequest(this.request, this.url);
  }

  get scheme(): string {
    return isEncrypted(this.request) ? "https" : "http";
  }

  get protocolVersion(): string {
    return this.request.httpVersion;
  }

  override noticeHead(passedHeaders: unknown): void {
    this.passedHeaders = passedHeaders;
    // Mostly only streams need the time, and a response with a length is none: no clock is read for it.
    if (this.timesHead || !this.hasLength) super.noticeHead();
  }

  /** Ends the request by the events of its response, where it belongs to no connection. */
  endByEvents(): void {
    const { response } = this;
    response.once("finish", () => this.finish());
    // `close` comes after `finish`, or instead of it.
    response.once("close", () => this.breakOff());
  }

  finish(): void {
    const { statusCode } = this.response;
    this.end(statusCode, outcomeOfStatus(statusCode));
  }

  refuse(): void {
    this.isRefused = !this.response.headersSent;
  }

  breakOff(): void {
    const { headersSent, socket, statusCode } = this.response;
    // A response without a socket was still waiting for its turn, so nothing of it was sent.
    if (headersSent && socket !== null && !this.isRefused)
      this.end(statusCode, this.outcomeOfBreak());
    else this.end(0, "aborted");
  }

  protected get isEventStream(): boolean {
    return isEventStream(this.header("content-type"));
  }

  protected get hasLength(): boolean {
    // Node sends a response without a length in chunks, unless the client can't take them.
    const { chunkedEncoding, shouldKeepAlive } = this.response;
    if (!chunkedEncoding && shouldKeepAlive) return true;
    return this.header("content-length") !== undefined;
  }

  protected needs({ timesHeads, needsSizes }: Recorder): void {
    if (timesHeads) this.timesHead = true;
    if (!needsSizes || this.countsBody) return;
    this.countsBody = true;
    countBody(this, this.request, this.response, () => this.dropsBody());
  }

  /** Who broke the response off? A client that leaves ends its side, or makes the socket fail. */
  private outcomeOfBreak(): Outcome {
    const { socket } = this.request;
    const { errored } = this.response;
    const hasClientLeft = socket.readableEnded || isOfConnection(socket.errored);
    // `pipeline` also fails the response to a client that has left, but that error closes no socket.
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

/**
 * Whether an error is one of the connection and not of the program: it comes from the system, such as
 * ECONNRESET, from TLS, or from the parser, because the client has sent something that is not HTTP.
 */
function isOfConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { syscall, code } = error as NodeJS.ErrnoException;
  return syscall !== undefined || /^(?:HPE_|ERR_SSL_)/.test(String(code));
}
