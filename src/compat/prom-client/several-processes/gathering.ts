import type { MetricJson } from "../json.ts";

/** The messages of @prometheus-io/client, so that processes with either package understand each other. */
export const ACK = "@prometheus-io/client:ack";
export const ANNOUNCEMENT = "@prometheus-io/client:announcement";
export const REQUEST = "@prometheus-io/client:getMetricsReq";
export const RESPONSE = "@prometheus-io/client:getMetricsRes";
export const GOODBYE = "@prometheus-io/client:goodbye";

const TIMEOUT_MS = 5000;

/** What is sent between processes or threads. */
export interface Message {
  readonly type?: string;
  readonly requestId: number;
  readonly metrics?: MetricJson[][];
  readonly error?: string;
}

interface Waiting {
  readonly from: Set<unknown>;
  readonly metrics: Map<unknown, MetricJson[][]>;
  done(): void;
  fail(error: Error): void;
}

/** Asks other processes or threads for something, and waits for their answers. */
export class Gathering {
  readonly #waiting = new Map<number, Waiting>();
  readonly #outstanding = new Set<Promise<unknown>>();
  #last = 0;

  /**
   * Sends a request, and gives the metrics of all answers, in the order of those who were asked.
   *
   * @param lateError what it rejects with where there are answers missing
   */
  async ask(
    from: readonly unknown[],
    send: (requestId: number) => void,
    lateError: (missing: number) => Error = tooLate,
    timeoutMs: number = TIMEOUT_MS,
  ): Promise<MetricJson[][]> {
    const requestId = ++this.#last;
    const metrics = new Map<unknown, MetricJson[][]>();
    const missing = new Set(from);
    const answers = new Promise<void>((done, fail) => {
      this.#waiting.set(requestId, { from: missing, metrics, done, fail });
      if (missing.size === 0) done();
    });
    const timer = setTimeout(() => {
      this.#waiting.get(requestId)?.fail(lateError(missing.size));
    }, timeoutMs);
    this.#outstanding.add(answers);
    try {
      send(requestId);
      await answers;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(requestId);
      this.#outstanding.delete(answers);
    }
    return from.flatMap((sender) => metrics.get(sender) ?? []);
  }

  /** To be called with each answer. */
  receive(sender: unknown, { requestId, metrics = [], error }: Message): void {
    const waiting = this.#waiting.get(requestId);
    if (!waiting?.from.delete(sender)) return;
    if (error !== undefined) waiting.fail(new Error(error));
    waiting.metrics.set(sender, metrics);
    if (waiting.from.size === 0) waiting.done();
  }

  /** How many requests wait for answers. */
  get size(): number {
    return this.#outstanding.size;
  }

  /** Waits for the answers to all requests, whatever they are. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#outstanding]);
  }
}

function tooLate(missing: number): Error {
  return new Error(`Operation timed out. ${missing} outstanding responses.`);
}
