import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";
import type { MetricJson } from "../json.ts";
import { PROMETHEUS_CONTENT_TYPE, type Registry, type RegistryOptions } from "../registry.ts";
import {
  ACK,
  ANNOUNCEMENT,
  Gathering,
  GOODBYE,
  type Message,
  REQUEST,
  RESPONSE,
} from "./gathering.ts";
import { registriesOf } from "./registries.ts";

const EVERYBODY = "@prometheus-io/client:announce";
/** The channel on which a thread answers. */
const OWN = `@prometheus-io/client:worker:${threadId}`;

interface ThreadMessage extends Message {
  readonly name?: string;
  readonly threadId?: number;
  readonly primary?: boolean;
}

interface Thread {
  readonly name: string;
  readonly threadId: number;
}

/** The registry of worker threads of @prometheus-io/client, over a class of registries. */
export function workerRegistry(Base: typeof Registry): object {
  const gathering = new Gathering();
  const threads = new Map<string, Thread>();
  /** What threads had that have shut down. */
  let history: MetricJson[] = [];
  let registries: readonly Registry[] | undefined;
  let everybody: BroadcastChannel | undefined;

  const read = (aggregator?: string) =>
    Promise.all(
      (registries ?? [Base.globalRegistry]).map((registry) =>
        registry.getMetricsAsJSON(aggregator),
      ),
    );

  function listen(primary: boolean): void {
    if (everybody !== undefined) return;
    const own = open(OWN, (message) => {
      if (message.type === ACK) gathering.receive(ACK, message);
    });
    const announce = (isPrimary: boolean) =>
      everybody?.postMessage({ type: ANNOUNCEMENT, name: OWN, threadId, primary: isPrimary });
    everybody = open(EVERYBODY, async (message) => {
      const { type, requestId } = message;
      if (type === ANNOUNCEMENT) {
        if (primary) meet(message);
        if (message.primary) announce(false);
      } else if (type === REQUEST) {
        try {
          own.postMessage({ type: RESPONSE, requestId, threadId, metrics: await read() });
        } catch (error) {
          own.postMessage({ type: RESPONSE, requestId, error: (error as Error).message });
        }
      }
    });
    announce(primary);
  }

  /** A thread has announced itself. */
  function meet({ name = "", threadId: id = 0 }: ThreadMessage): void {
    if (threads.has(name)) return;
    threads.set(name, { name, threadId: id });
    const channel = open(name, async (message) => {
      const { type, requestId, metrics = [] } = message;
      if (type === RESPONSE) gathering.receive(name, message);
      else if (type === GOODBYE && threads.delete(name)) {
        channel.postMessage({ type: ACK, requestId, threadId });
        history = await Base.aggregate([history, ...metrics]).getMetricsAsJSON();
        channel.close();
      }
    });
  }

  /** Adds up what worker threads have; each of them must make one, too, and so must the main thread. */
  return class WorkerRegistry extends Base {
    readonly primary: boolean;

    /** @param primary whether it asks the others */
    constructor(
      contentType: string = PROMETHEUS_CONTENT_TYPE,
      primary: boolean = isMainThread,
      options?: RegistryOptions,
    ) {
      super(contentType, options);
      this.primary = primary;
      listen(primary);
    }

    /** The page of all worker threads, without this one; empty if there are none. */
    async workerMetrics(): Promise<string> {
      const asked = [...threads.values()].sort((a, b) => a.threadId - b.threadId);
      if (asked.length === 0 && history.length === 0) return "";
      const before = history;
      const others = await gathering.ask(
        asked.map(({ name }) => name),
        (requestId) => everybody?.postMessage({ type: REQUEST, threadId, requestId }),
      );
      return Base.aggregate([before, ...others], this.contentType).metrics();
    }

    /**
     * Hands the counts of a worker to the primary thread, which keeps them; the primary itself waits for its
     * requests.
     *
     * @param timeout in milliseconds
     */
    async shutdown(timeout = 5000): Promise<void> {
      if (gathering.size > 0) return gathering.settled();
      if (this.primary) return;
      const metrics = await read("sum");
      const channel = open(OWN, () => {});
      try {
        const goodbye = (requestId: number) =>
          channel.postMessage({ type: GOODBYE, requestId, threadId, metrics });
        await gathering.ask([ACK], goodbye, () => new Error("Timeout"), timeout);
      } finally {
        channel.close();
      }
    }

    /** How many threads answer. */
    static workerCount(): number {
      return threads.size;
    }

    /** Sets which registries of this thread count. */
    static setRegistries(regs: Registry | readonly Registry[]): void {
      registries = registriesOf(regs, Base);
    }
  };
}

/** Opens a channel that keeps nothing alive. */
function open(name: string, receive: (message: ThreadMessage) => unknown): BroadcastChannel {
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event: unknown) => {
    void receive((event as { data: ThreadMessage }).data);
  };
  (channel as unknown as { unref(): void }).unref();
  return channel;
}
