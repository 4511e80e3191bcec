import cluster, { type Worker } from "node:cluster";
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
} from "./gathering.ts";
import { registriesOf } from "./registries.ts";

/** The registry of a cluster of @prometheus-io/client, over a class of registries. */
export function clusterRegistry(Base: typeof Registry): object {
  const gathering = new Gathering();
  const workers = new Map<number, Worker>();
  const history = new History(Base);
  let registries: readonly Registry[] | undefined;
  let listens = false;

  const own = () => registries ?? [Base.globalRegistry];
  const read = (aggregator?: string) =>
    Promise.all(own().map((registry) => registry.getMetricsAsJSON(aggregator)));

  async function answer(requestId: number): Promise<void> {
    try {
      send({ type: RESPONSE, requestId, metrics: await read() });
    } catch (error) {
      send({ type: RESPONSE, requestId, error: (error as Error).message });
    }
  }

  function receiveInWorker(message: Message): void {
    const { type, requestId } = message;
    if (type === ANNOUNCEMENT) send({ type: ANNOUNCEMENT, requestId });
    else if (type === REQUEST) void answer(requestId);
    else if (type === ACK) gathering.receive(ACK, message);
  }

  function receiveInPrimary(worker: Worker, message: Message): void {
    const { type, requestId, metrics = [] } = message;
    if (type === ANNOUNCEMENT) workers.set(worker.id, worker);
    else if (type === RESPONSE) gathering.receive(worker.id, message);
    else if (type === GOODBYE && workers.delete(worker.id)) {
      worker.send({ type: ACK, requestId });
      history.add(metrics);
    }
  }

  function listen(): void {
    if (listens) return;
    listens = true;
    if (!cluster.isPrimary) {
      process.on("message", receiveInWorker);
      send({ type: ANNOUNCEMENT, requestId: 0 });
      return;
    }
    cluster.on("message", receiveInPrimary);
    cluster.on("disconnect", ({ id }) => workers.delete(id));
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker?.isConnected()) worker.send({ type: ANNOUNCEMENT });
    }
  }

  /** Adds up what this process and the workers of its cluster have; each worker must make one, too. */
  return class ClusterRegistry extends Base {
    constructor(contentType: string = PROMETHEUS_CONTENT_TYPE, options?: RegistryOptions) {
      super(contentType, options);
      listen();
    }

    /** The page of this process and all workers, those that have shut down included. */
    async clusterMetrics(): Promise<string> {
      const asked = [...workers.values()].filter((worker) => worker.isConnected());
      asked.sort((a, b) => a.id - b.id);
      const before = history.metrics;
      const [here, others] = await Promise.all([
        read(),
        gathering.ask(
          asked.map(({ id }) => id),
          (requestId) => {
            for (const worker of asked) worker.send({ type: REQUEST, requestId });
          },
        ),
      ]);
      return Base.aggregate([before, ...here, ...others], this.contentType, this).metrics();
    }

    /**
     * Hands the counts of a worker to the primary process, which keeps them; the primary itself waits for
     * its requests.
     *
     * @param timeout in milliseconds
     */
    async shutdown(timeout = 5000): Promise<void> {
      if (cluster.isPrimary) await gathering.settled();
      else await gathering.leave(() => read("sum"), send, timeout);
    }

    /** Sets which registries of this process count. */
    static setRegistries(regs: Registry | readonly Registry[]): void {
      registries = registriesOf(regs, Base);
    }
  };
}

function send(message: Message): void {
  if (process.connected) process.send?.(message);
}
