import type { Overview } from "./history/history.ts";

interface NodeLike {
  readonly memoryUsage?: () => { readonly rss: number; readonly heapUsed: number };
  readonly cpuUsage?: () => { readonly user: number; readonly system: number };
}

interface Utilization {
  readonly idle: number;
  readonly active: number;
  readonly utilization: number;
}

type LoopReader = (now?: Utilization, before?: Utilization) => Utilization;

/**
 * Memory, processor time and event loop, read here so that the page has them without `collectRuntime`.
 * Runtimes that are not like Node have some of them.
 */
export class ProcessReadings {
  readonly #process = (globalThis as { process?: NodeLike }).process;
  readonly #loop = (performance as { eventLoopUtilization?: LoopReader }).eventLoopUtilization;
  #before: Utilization | undefined;

  /** @param lagSeconds how late the timer of the sample was */
  sample({ process, cpu }: Overview, lagSeconds: number): void {
    const memory = this.#process?.memoryUsage?.();
    if (memory !== undefined) {
      process.readNamed("process", "resident memory", memory.rss);
      process.readNamed("process", "heap used", memory.heapUsed);
    }
    const time = this.#process?.cpuUsage?.();
    if (time !== undefined) cpu.readNamed("process", "cpu", (time.user + time.system) / 1e6);
    process.readNamed("process", "event loop lag", lagSeconds);
    const now = this.#loop?.();
    if (now === undefined) return;
    const since = this.#before && this.#loop?.(now, this.#before);
    this.#before = now;
    if (since !== undefined) {
      process.readNamed("process", "event loop utilization", since.utilization);
    }
  }
}
