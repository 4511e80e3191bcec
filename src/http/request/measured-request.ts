import type { Registry } from "../../registry/registry.ts";
import { guard, reportFailure } from "../guard.ts";
import type { HttpRequest } from "./http-request.ts";
import type { Outcome, StreamKind } from "./outcome.ts";

/** Records requests in the metrics of one registry. */
export interface Recorder {
  readonly registry: Registry;
  /** Whether it needs to know when the headers of a response are sent. */
  readonly needsHead: boolean;
  /** Whether it needs this for every response, and not only for streams. */
  readonly timesHeads: boolean;
  /** Whether it needs to know how many bytes the bodies have. */
  readonly needsSizes: boolean;
  excludes(request: MeasuredRequest): boolean;
  begin(request: MeasuredRequest): void;
  /** Takes back a `begin`: the request is not to be recorded. */
  withdraw(request: MeasuredRequest): void;
  record(request: MeasuredRequest): void;
  /** Records the end of an upgraded connection; its request was recorded when it was upgraded. */
  recordUpgrade(request: MeasuredRequest): void;
  /** Records a request that Node refused with a status, so that no handler saw it. */
  recordRejected(status: number): void;
}

/**
 * One request under measurement, with one recorder for each registry that counts it; mostly a single one.
 * Each protocol has a subclass.
 */
export abstract class MeasuredRequest {
  readonly start = performance.now();
  readonly method: string;
  abstract readonly scheme: string;
  abstract readonly protocolVersion: string;
  abstract readonly view: HttpRequest;

  /** When the headers of the response were sent. Zero is a time, too: the clocks of tests begin there. */
  headAt: number | undefined = undefined;
  /** When the request ended. */
  endAt: number | undefined = undefined;
  status = 0;
  outcome: Outcome = "ok";
  requestBytes = 0;
  responseBytes = 0;

  // Not `#private`: V8 creates plain fields faster, and each request has an object of this class.
  private recorders: readonly Recorder[] = NONE;
  /** Recorders that don't record the request, because it is excluded or a scrape. */
  private excluding: readonly Recorder[] = NONE;
  private findRoute: ((context: never) => string | undefined) | undefined = undefined;
  private routeContext: unknown = undefined;

  constructor(method: string) {
    this.method = method;
  }

  /** Whether the response is an event stream. */
  protected abstract get isEventStream(): boolean;

  /** Whether the length of the response was known beforehand. */
  protected abstract get hasLength(): boolean;

  /** Adds a recorder, unless there is one of the same registry. Returns whether it was added. */
  join(recorder: Recorder): boolean {
    if (this.endAt !== undefined || this.known(recorder) !== undefined) return false;
    if (recorder.excludes(this)) {
      this.excluding = including(this.excluding, recorder);
    } else {
      this.recorders = including(this.recorders, recorder);
      recorder.begin(this);
      this.needs(recorder);
    }
    return true;
  }

  /**
   * Adds a recorder in place of another one of the same registry, such as that of the server or of an
   * earlier call, which has other options. Returns whether it was added.
   */
  joinInstead(recorder: Recorder): boolean {
    const known = this.known(recorder);
    if (known === recorder || this.endAt !== undefined) return false;
    if (known !== undefined) this.drop(known);
    return this.join(recorder);
  }

  /** Whether any recorder records the request; none does where all exclude it. */
  get isRecorded(): boolean {
    return this.recorders.length > 0;
  }

  /** Drops a recorder again, because the request turned out to be a scrape. */
  leave(recorder: Recorder): void {
    const leaving = this.known(recorder);
    if (leaving === undefined) return;
    this.drop(leaving);
    this.excluding = including(this.excluding, leaving);
  }

  /** Notes that the headers of the response were sent, and those that were passed to `writeHead`. */
  noticeHead(_passedHeaders?: unknown): void {
    this.headAt ??= performance.now();
  }

  /** Sets how the route will be found when the request has ended. */
  routedBy<Context>(findRoute: (context: Context) => string | undefined, context: Context): void {
    this.findRoute = findRoute;
    this.routeContext = context;
  }

  /** The template of the route that took the request. */
  route(): string | undefined {
    return this.findRoute?.(this.routeContext as never);
  }

  /** What kind of stream the response was; undefined if it was none. */
  streamKind(streamAfterMs: number): StreamKind | undefined {
    if (this.outcome === "upgraded") return "upgrade";
    const { headAt, endAt } = this;
    if (headAt === undefined || endAt === undefined || this.method === "HEAD") return undefined;
    if (this.hasLength) return undefined;
    if (this.isEventStream) return "event_stream";
    return endAt - headAt >= streamAfterMs ? "stream" : undefined;
  }

  /** Sets up what a recorder needs to know of the request. */
  protected abstract needs(recorder: Recorder): void;

  protected end(status: number, outcome: Outcome): void {
    if (this.endAt !== undefined) return;
    this.endAt = performance.now();
    this.status = status;
    this.outcome = outcome;
    // This runs in Node's own events, where an error would end the process.
    for (const recorder of this.recorders) {
      try {
        recorder.record(this);
      } catch (error) {
        reportFailure(error);
      }
    }
  }

  /** Records that an upgraded connection is gone. */
  protected endStream(): void {
    for (const recorder of this.recorders) guard(() => recorder.recordUpgrade(this));
  }

  /** The recorder of the same registry. */
  private known({ registry }: Recorder): Recorder | undefined {
    for (const recorder of this.recorders) if (recorder.registry === registry) return recorder;
    for (const recorder of this.excluding) if (recorder.registry === registry) return recorder;
    return undefined;
  }

  private drop(dropped: Recorder): void {
    const hasBegun = this.recorders.includes(dropped);
    this.recorders = this.recorders.filter((recorder) => recorder !== dropped);
    this.excluding = this.excluding.filter((recorder) => recorder !== dropped);
    if (hasBegun) dropped.withdraw(this);
  }
}

const NONE: readonly Recorder[] = [];

function including(recorders: readonly Recorder[], recorder: Recorder): readonly Recorder[] {
  return recorders.length === 0 ? [recorder] : [...recorders, recorder];
}
