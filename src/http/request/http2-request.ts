import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { guard } from "../guard.ts";
import { countBody } from "./body.ts";
import { type HttpRequest, headerIn } from "./http-request.ts";
import { MeasuredRequest, type Recorder } from "./measured-request.ts";
import { isEventStream, outcomeOfStatus } from "./outcome.ts";

/** All ways to send the headers of a response. */
const RESPONDERS = ["respond", "respondWithFD", "respondWithFile"] as const;

/** Codes with which HTTP/2 resets a stream. */
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;

/** A request that came by HTTP/2. */
export class Http2Request extends MeasuredRequest {
  readonly protocolVersion = "2";
  readonly view: HttpRequest;
  readonly #stream: ServerHttp2Stream;
  #noticesHead = false;
  #countsBody = false;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    super(headers[":method"] ?? "");
    this.#stream = stream;
    this.view = {
      method: this.method,
      url: headers[":path"] ?? "/",
      header: (name) => headerIn(headers, name),
      raw: stream,
    };
    stream.once("close", () => this.#close());
    if (this.#isTunnel) this.#noticeHeads();
  }

  get scheme(): string {
    return this.#stream.session?.encrypted ? "https" : "http";
  }

  protected get isEventStream(): boolean {
    return isEventStream(this.#stream.sentHeaders?.["content-type"]);
  }

  protected get hasLength(): boolean {
    return this.#stream.sentHeaders?.["content-length"] !== undefined;
  }

  protected needs({ needsHead, needsSizes }: Recorder): void {
    if (needsHead) this.#noticeHeads();
    if (needsSizes && !this.#countsBody) {
      this.#countsBody = true;
      countBody(this, this.#stream, this.#stream, () => this.method === "HEAD");
    }
  }

  override noticeHead(): void {
    super.noticeHead();
    const status = this.#sentStatus;
    if (this.#isTunnel && status >= 200 && status < 300) this.end(status, "upgraded");
  }

  /** Whether it asks for a tunnel, or for what HTTP/2 makes of one, such as a WebSocket. */
  get #isTunnel(): boolean {
    return this.method === "CONNECT";
  }

  /** The status of the response; 0 before there is one. */
  get #sentStatus(): number {
    return Number(this.#stream.sentHeaders?.[":status"] ?? 0);
  }

  #noticeHeads(): void {
    if (this.#noticesHead) return;
    this.#noticesHead = true;
    for (const responder of RESPONDERS) this.#noticeHead(responder);
  }

  #noticeHead(responder: (typeof RESPONDERS)[number]): void {
    const stream = this.#stream;
    const respond = stream[responder] as (...args: unknown[]) => void;
    stream[responder] = (...args: unknown[]) => {
      Reflect.apply(respond, stream, args);
      guard(() => this.noticeHead());
    };
  }

  #close(): void {
    const stream = this.#stream;
    const status = this.#sentStatus;
    if (this.outcome === "upgraded") this.endStream();
    else if (status === 0) this.end(0, "aborted");
    else if (isComplete(stream)) this.end(status, outcomeOfStatus(status));
    else this.end(status, hasFailed(stream) ? "failed_response" : "aborted_response");
  }
}

/** Node finishes the writable side of a reset stream, too, but marks it as aborted. */
function isComplete({ writableFinished, aborted }: ServerHttp2Stream): boolean {
  return writableFinished && !aborted;
}

/** Whether the server broke the stream off, by an error or by destroying it. */
function hasFailed({ errored, rstCode, writableFinished }: ServerHttp2Stream): boolean {
  if (rstCode === INTERNAL_ERROR) return true;
  if (rstCode === NO_ERROR && !writableFinished) return true;
  // Errors of Node's HTTP/2 come from what the client does.
  const code = (errored as NodeJS.ErrnoException | null)?.code;
  return errored !== null && !String(code).startsWith("ERR_HTTP2_");
}
