import type { MetricJson } from "../page/json.ts";
import type { Registry } from "../registry/registry.ts";

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
  #goodbye: Promise<void> | undefined;
  #last = 0;

  /**
   * Sends a request, and gives the metrics of all answers, in the order of those who were asked.
   *
   * @param late gives what it rejects with where answers are missing
   */
  async ask(
    from: readonly unknown[],
    send: (requestId: number) => void,
    late: (missing: ReadonlySet<unknown>) => Error = tooLate,
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
      this.#waiting.get(requestId)?.fail(late(missing));
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

  /** Hands the counts of this worker over, once, and waits until they have arrived. */
  leave(
    read: () => Promise<MetricJson[][]>,
    send: (message: Message) => void,
    timeoutMs: number,
  ): Promise<void> {
    this.#goodbye ??= (async () => {
      const metrics = await read();
      const sendGoodbye = (requestId: number) => send({ type: GOODBYE, requestId, metrics });
      await this.ask([ACK], sendGoodbye, () => new Error("Timeout"), timeoutMs);
    })();
    return this.#goodbye;
  }

  /** Waits for the answers to all requests, whatever they are. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#outstanding]);
  }
}

export function tooLate({ size }: ReadonlySet<unknown>): Error {
  return new Error(`Operation timed out. ${size} outstanding responses.`);
}

/** What workers had that have shut down. */
export class History {
  readonly #Base: typeof Registry;
  metrics: readonly MetricJson[] = [];

  constructor(Base: typeof Registry) {
    this.#Base = Base;
  }

  /** Adds what a worker had; it can't be told any more if its metrics are of no use. */
  add(metrics: readonly MetricJson[][]): void {
    try {
      const aggregated = this.#Base.aggregate([this.metrics, ...metrics]);
      this.metrics = aggregated.getMetricsAsArray() as unknown as MetricJson[];
    } catch (error) {
      const { message } = error as Error;
      process.emitWarning(
        `The counts of a worker that has shut down are lost: ${message}`,
        "NarthexWarning",
      );
    }
  }
}
