import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { HttpRecorder } from "../record/recorder.ts";
import { countBody } from "./body-bytes.ts";
import { measuredApart, setMeasuredApart } from "./find.ts";
import type { HttpRequest } from "./http-request.ts";
import { isEventStream, MeasuredRequest } from "./measured-request.ts";
import { outcomeOfStatus } from "./outcome.ts";

/** All ways to send the headers of a response. */
const RESPONDERS = ["respond", "respondWithFD", "respondWithFile"] as const;

/** The measurement of a stream of HTTP/2: a new one, or the one that has begun already. */
export function streamMeasurementOf(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): MeasuredRequest {
  return measuredApart(stream) ?? new Http2Request(stream, headers);
}

/** A request that came by HTTP/2. */
class Http2Request extends MeasuredRequest {
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
      header: (name) => headers[name]?.toString(),
      raw: stream,
    };
    setMeasuredApart(stream, this);
    stream.once("close", () => this.#close());
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

  protected watch({ needsHead, needsSizes }: HttpRecorder): void {
    if (needsHead && !this.#noticesHead) {
      this.#noticesHead = true;
      for (const responder of RESPONDERS) this.#noticeHead(responder);
    }
    if (needsSizes && !this.#countsBody) {
      this.#countsBody = true;
      countBody(this, this.#stream, this.#stream, () => this.method === "HEAD");
    }
  }

  #noticeHead(responder: (typeof RESPONDERS)[number]): void {
    const stream = this.#stream;
    const respond = stream[responder] as (...args: unknown[]) => void;
    stream[responder] = (...args: unknown[]) => {
      Reflect.apply(respond, stream, args);
      this.noticeHead();
    };
  }

  #close(): void {
    const stream = this.#stream;
    const status = Number(stream.sentHeaders?.[":status"] ?? 0);
    if (status === 0) this.end(0, "aborted");
    else if (isComplete(stream)) this.end(status, outcomeOfStatus(status));
    else this.end(status, hasFailed(stream) ? "failed_response" : "aborted_response");
  }
}

/** Node finishes the writable side of a stream that is reset, too: then it is aborted. */
function isComplete({ writableFinished, aborted }: ServerHttp2Stream): boolean {
  return writableFinished && !aborted;
}

/** Whether it was the server that broke a stream off, by an error or by destroying it. */
function hasFailed({ errored, rstCode, writableFinished }: ServerHttp2Stream): boolean {
  if (rstCode === constants.NGHTTP2_INTERNAL_ERROR) return true;
  if (rstCode === constants.NGHTTP2_NO_ERROR && !writableFinished) return true;
  // What the client does gives errors of Node's HTTP/2.
  const code = (errored as NodeJS.ErrnoException | null)?.code;
  return errored !== null && !String(code).startsWith("ERR_HTTP2_");
}
