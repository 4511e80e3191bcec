import { type BodyTap, tapBody } from "./body.ts";
import { FetchHttpRequest } from "./http-request.ts";
import { MeasuredRequest, type Recorder } from "./measured-request.ts";
import { isEventStream, outcomeOfStatus } from "./outcome.ts";

const SWITCHING_PROTOCOLS = 101;

/** A request of the fetch API, as the servers of Bun, Deno and edge networks give it to handlers. */
export class FetchRequest extends MeasuredRequest implements BodyTap {
  /** Unknown: the fetch API does not tell the version. */
  readonly protocolVersion = "";
  readonly view: FetchHttpRequest;
  private response: Response | undefined = undefined;
  private isWhole = false;

  constructor(request: Request) {
    super(request.method);
    this.view = new FetchHttpRequest(request);
    request.signal.addEventListener("abort", () => this.cancel());
  }

  get scheme(): string {
    return this.view.raw.url.startsWith("https:") ? "https" : "http";
  }

  /** The response to send instead: a copy that tells this request what becomes of the body. */
  async respond(response: Response): Promise<Response> {
    const { body, status } = response;
    if (!this.isRecorded || this.endAt !== undefined) return response;
    this.noticeHead();
    this.response = response;
    if (status === SWITCHING_PROTOCOLS) this.end(status, "upgraded");
    else if (body === null || body.locked || this.method === "HEAD") this.finish();
    else return tapBody(response, body, this);
    return response;
  }

  /** The handler failed, and the server answers by itself. */
  giveUp(): void {
    this.end(500, "server_error");
  }

  take(bytes: number): void {
    this.responseBytes += bytes;
  }

  takeWhole(bytes: number): void {
    this.isWhole = true;
    this.take(bytes);
    this.finish();
  }

  finish(): void {
    const status = this.response?.status ?? 0;
    this.end(status, outcomeOfStatus(status));
  }

  fail(): void {
    this.end(this.response?.status ?? 0, "failed_response");
  }

  /** The client has left. */
  cancel(): void {
    if (this.response === undefined) this.end(0, "aborted");
    else this.end(this.response.status, "aborted_response");
  }

  protected get isEventStream(): boolean {
    return isEventStream(this.response?.headers.get("content-type"));
  }

  protected get hasLength(): boolean {
    return this.isWhole || this.response?.headers.has("content-length") === true;
  }

  /** The size of the request's body is what the client says, because only the handler may read it. */
  protected needs({ needsSizes }: Recorder): void {
    if (needsSizes) this.requestBytes = Number(this.view.header("content-length") ?? 0);
  }
}
