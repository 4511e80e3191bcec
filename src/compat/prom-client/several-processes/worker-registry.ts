import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";
import {
  PROMETHEUS_CONTENT_TYPE,
  type Registry,
  type RegistryOptions,
} from "../registry/registry.ts";
import {
  ACK,
  ANNOUNCEMENT,
  Gathering,
  GOODBYE,
  History,
  type Message,
  REQUEST,
  RESPONSE,
  tooLate,
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
  /** Whether it left a request without an answer: until it answers, it is not asked again. */
  isSilent: boolean;
}

/** The registry of worker threads of @prometheus-io/client, over a class of registries. */
export function workerRegistry(Base: typeof Registry): object {
  const gathering = new Gathering();
  const threads = new Map<string, Thread>();
  const history = new History(Base);
  let registries: readonly Registry[] | undefined;
  let everybody: BroadcastChannel | undefined;
  let own: BroadcastChannel | undefined;

  const read = (aggregator?: string) =>
    Promise.all(
      (registries ?? [Base.globalRegistry]).map((registry) =>
        registry.getMetricsAsJSON(aggregator),
      ),
    );

  /** The threads that are asked, in the order in which they were started. */
  function answering(): Thread[] {
    const asked = [...threads.values()].filter(({ isSilent }) => !isSilent);
    return asked.sort((a, b) => a.threadId - b.threadId);
  }

  function listen(primary: boolean): void {
    if (everybody !== undefined) return;
    own = open(OWN, (message) => {
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
          own?.postMessage({ type: RESPONSE, requestId, threadId, metrics: await read() });
        } catch (error) {
          own?.postMessage({ type: RESPONSE, requestId, error: (error as Error).message });
        }
      }
    });
    announce(primary);
  }

  /** A thread has announced itself. */
  function meet({ name = "", threadId: id = 0 }: ThreadMessage): void {
    if (threads.has(name)) return;
    const thread: Thread = { name, threadId: id, isSilent: false };
    threads.set(name, thread);
    const channel = open(name, (message) => {
      const { type, requestId, metrics = [] } = message;
      if (type === RESPONSE) {
        thread.isSilent = false;
        gathering.receive(thread, message);
      } else if (type === GOODBYE && threads.delete(name)) {
        channel.postMessage({ type: ACK, requestId, threadId });
        history.add(metrics);
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
      const asked = answering();
      if (asked.length === 0 && history.metrics.length === 0) return "";
      const before = history.metrics;
      const others = await gathering.ask(
        asked,
        (requestId) => everybody?.postMessage({ type: REQUEST, threadId, requestId }),
        (missing) => {
          for (const thread of missing) (thread as Thread).isSilent = true;
          return tooLate(missing);
        },
      );
      return Base.aggregate([before, ...others], this.contentType, this).metrics();
    }

    /**
     * Hands the counts of a worker to the primary thread, which keeps them; the primary itself waits for its
     * requests.
     *
     * @param timeout in milliseconds
     */
    async shutdown(timeout = 5000): Promise<void> {
      if (this.primary) await gathering.settled();
      else
        await gathering.leave(
          () => read("sum"),
          (message) => own?.postMessage({ ...message, threadId }),
          timeout,
        );
    }

    /** How many threads answer. */
    static workerCount(): number {
      return answering().length;
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
