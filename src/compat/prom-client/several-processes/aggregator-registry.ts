import cluster, { type Worker } from "node:cluster";
import type { MetricJson } from "../page/json.ts";
import { PROMETHEUS_CONTENT_TYPE, Registry, type RegistryOptions } from "../registry/registry.ts";
import { registriesOf } from "./registries.ts";

// The same messages as prom-client's, so that workers with either of them understand each other.
const REQUEST = "prom-client:getMetricsReq";
const RESPONSE = "prom-client:getMetricsRes";

const TIMEOUT_MS = 5000;

interface Message {
  readonly type?: string;
  readonly requestId: number;
  readonly metrics?: MetricJson[][];
  readonly error?: string;
}

/** A page that waits for what workers have. */
interface Request {
  pending: number;
  readonly metrics: MetricJson[][];
  fail(error: Error): void;
  finish(): void;
}

const requests = new Map<number, Request>();
let lastRequest = 0;
let registries: readonly Registry[] | undefined;
let listens = false;

/** Adds up what the workers of a cluster have; each worker must make one, too, which answers. */
export class AggregatorRegistry extends Registry {
  constructor(contentType: string = PROMETHEUS_CONTENT_TYPE, options?: RegistryOptions) {
    super(contentType, options);
    listen();
  }

  /** The page of all workers, as text, without the primary process; empty if there are none. */
  clusterMetrics(): Promise<string> {
    const requestId = ++lastRequest;
    const workers = Object.values(cluster.workers ?? {}).filter(
      (worker): worker is Worker => worker?.isConnected() === true,
    );
    if (workers.length === 0) return Promise.resolve("");
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        requests.delete(requestId);
      };
      const metrics: MetricJson[][] = [];
      const request: Request = {
        pending: workers.length,
        metrics,
        fail: (error) => {
          end();
          reject(error);
        },
        finish: () => {
          end();
          resolve(this.#pageOf(metrics));
        },
      };
      const timer = setTimeout(() => request.fail(new Error("Operation timed out.")), TIMEOUT_MS);
      requests.set(requestId, request);
      for (const worker of workers) worker.send({ type: REQUEST, requestId });
    });
  }

  async #pageOf(metrics: readonly MetricJson[][]): Promise<string> {
    const { exactText } = this;
    return Registry.aggregate(metrics, PROMETHEUS_CONTENT_TYPE, { exactText }).metrics();
  }

  /** Sets which registries of this process the primary gets. */
  static setRegistries(regs: Registry | readonly Registry[]): void {
    registries = registriesOf(regs, Registry);
  }
}

function listen(): void {
  if (listens) return;
  listens = true;
  if (cluster.isPrimary) cluster.on("message", (_worker, message: Message) => receive(message));
  else {
    process.on("message", (message: Message) => {
      if (message.type === REQUEST) {
        void answer(message.requestId, registries ?? [Registry.globalRegistry]);
      }
    });
  }
}

function receive({ type, requestId, metrics = [], error }: Message): void {
  if (type !== RESPONSE) return;
  const request = requests.get(requestId);
  if (request === undefined) return;
  if (error !== undefined) {
    request.fail(new Error(error));
    return;
  }
  request.metrics.push(...metrics);
  request.pending -= 1;
  if (request.pending === 0) request.finish();
}

async function answer(requestId: number, all: readonly Registry[]): Promise<void> {
  try {
    const metrics = await Promise.all(all.map((registry) => registry.getMetricsAsJSON()));
    process.send?.({ type: RESPONSE, requestId, metrics });
  } catch (error) {
    process.send?.({ type: RESPONSE, requestId, error: (error as Error).message });
  }
}
