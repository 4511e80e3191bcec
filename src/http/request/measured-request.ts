import type { StreamKind } from "../record/labels.ts";
import type { HttpRecorder } from "../record/recorder.ts";
import type { HttpRequest } from "./http-request.ts";
import type { Outcome } from "./outcome.ts";

/**
 * One request under measurement, and whoever records it: usually one recorder, and one more for each
 * other registry. What is known of the protocol stands in the subclasses.
 */
export abstract class MeasuredRequest {
  readonly start = performance.now();
  readonly method: string;
  abstract readonly scheme: string;
  abstract readonly protocolVersion: string;
  abstract readonly view: HttpRequest;

  /** When the headers of the response were sent; 0 for not yet. */
  headAt = 0;
  /** When it ended; 0 for not yet. */
  endAt = 0;
  status = 0;
  outcome: Outcome = "ok";
  requestBytes = 0;
  responseBytes = 0;

  // Plain private fields: there is one of these for each request, and V8 makes them faster.
  private recorders: readonly HttpRecorder[] = NOBODY;
  private left: readonly HttpRecorder[] = NOBODY;
  private findRoute: ((context: never) => string | undefined) | undefined = undefined;
  private routeContext: unknown = undefined;

  constructor(method: string) {
    this.method = method;
  }

  /** Whether the response is an event stream. */
  protected abstract get isEventStream(): boolean;

  /** Whether the length of the response was known beforehand. */
  protected abstract get hasLength(): boolean;

  /**
   * Lets a recorder record it, unless it knows it already: one a registry does, as a second one is a
   * copy of the first. Says whether the request was new to it.
   */
  join(recorder: HttpRecorder): boolean {
    if (this.endAt > 0 || this.isKnownTo(recorder)) return false;
    if (recorder.excludes(this)) {
      this.left = including(this.left, recorder);
    } else {
      this.recorders = including(this.recorders, recorder);
      recorder.begin(this);
      this.watch(recorder);
    }
    return true;
  }

  /** Whether anyone records it: not where all of them exclude it. */
  get isRecorded(): boolean {
    return this.recorders.length > 0;
  }

  /** It is not to be recorded after all: a scrape, say. */
  leave(recorder: HttpRecorder): void {
    const leaving = this.recorders.find(({ registry }) => registry === recorder.registry);
    if (leaving === undefined) return;
    this.recorders = this.recorders.filter((other) => other !== leaving);
    this.left = including(this.left, leaving);
    leaving.withdraw(this);
  }

  /** It had ended before anyone could measure it. */
  noteOver(): void {
    this.endAt = this.start;
  }

  /** The headers of its response were sent; some may have been passed at that moment only. */
  noticeHead(_passedHeaders?: unknown): void {
    if (this.headAt === 0) this.headAt = performance.now();
  }

  /** How its route will be found, once it has ended. */
  routedBy<Context>(findRoute: (context: Context) => string | undefined, context: Context): void {
    this.findRoute = findRoute;
    this.routeContext = context;
  }

  /** The template of the route that took it. */
  route(): string | undefined {
    return this.findRoute?.(this.routeContext as never);
  }

  /** What kind of stream it was, if it was one. */
  streamKind(streamAfterMs: number): StreamKind | undefined {
    if (this.outcome === "upgraded") return "upgrade";
    if (this.headAt === 0 || this.method === "HEAD") return undefined;
    if (this.hasLength) return undefined;
    if (this.isEventStream) return "event_stream";
    return this.endAt - this.headAt >= streamAfterMs ? "stream" : undefined;
  }

  /** Tells a subclass what a recorder needs to know. */
  protected abstract watch(recorder: HttpRecorder): void;

  protected end(status: number, outcome: Outcome): void {
    if (this.endAt > 0) return;
    this.endAt = performance.now();
    this.status = status;
    this.outcome = outcome;
    for (const recorder of this.recorders) recorder.record(this);
  }

  /** An upgraded connection is gone. */
  protected endStream(): void {
    for (const recorder of this.recorders) recorder.recordUpgrade(this);
  }

  private isKnownTo({ registry }: HttpRecorder): boolean {
    for (const recorder of this.recorders) if (recorder.registry === registry) return true;
    for (const recorder of this.left) if (recorder.registry === registry) return true;
    return false;
  }
}

const NOBODY: readonly HttpRecorder[] = [];

function including(recorders: readonly HttpRecorder[], recorder: HttpRecorder) {
  return recorders.length === 0 ? recorder.alone : [...recorders, recorder];
}

export function isEventStream(contentType: unknown): boolean {
  return String(contentType).startsWith("text/event-stream");
}
