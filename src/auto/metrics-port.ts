import type { ChildProcess } from "node:child_process";
import type { Server } from "node:http";
import { stopMetricsServer } from "../http/page/server.ts";
import { metrics } from "../registry/metrics.ts";
import { collectRuntime } from "../runtime/index.ts";
import type { AutoSettings } from "./environment.ts";
import { attempt, speak } from "./say.ts";
import { serveMetrics } from "./serve-metrics.ts";

/** How long a process that only sends requests may still turn out to start the application. */
const PATIENCE_MS = 500;

/**
 * The port of the metrics, which the process takes once it has something to show.
 *
 * What starts the application may send requests, too: npm asks its registry, others look for updates.
 * So a process that has done nothing but send requests takes the port a moment later, and leaves it
 * to the processes that it starts for as long as they run.
 */
export class MetricsPort {
  readonly #settings: AutoSettings;
  readonly #onTaken: (() => void)[] = [];
  #server: Server | undefined;
  /** Whether the port is to be kept. */
  #isTaken = false;
  /** Whether the metrics that are made just now are ours. */
  #isStarting = false;
  #hasRuntime = false;
  #hasSent = false;
  #children = 0;

  constructor(settings: AutoSettings) {
    this.#settings = settings;
  }

  /** @param release is called once the port is taken for good */
  onTaken(release: () => void): void {
    this.#onTaken.push(release);
  }

  /** The process listens for HTTP, or has made a metric of its own: it takes the port for good. */
  take(): void {
    if (this.#isTaken || this.#isStarting) return;
    this.#isTaken = true;
    for (const release of this.#onTaken.splice(0)) release();
    // Whoever is setting something up finishes first: what the application asks for takes precedence.
    process.nextTick(() => this.#serve());
  }

  /** The process sends a request. Returns whether to exclude it, which it never is. */
  noteRequest(): boolean {
    if (this.#hasSent) return false;
    this.#hasSent = true;
    this.#takeLater();
    return false;
  }

  /** The process has started another one. */
  noteChild(child: ChildProcess): void {
    // Node sets the arguments after it has published the process.
    process.nextTick(() => {
      if (this.#isTaken || !isInstrumented(child)) return;
      this.#children += 1;
      this.#giveBack();
      child.once("close", () => {
        this.#children -= 1;
        this.#takeLater();
      });
    });
  }

  #takeLater(): void {
    if (!this.#hasSent || this.#children > 0) return;
    const takeNow = () => {
      if (this.#children === 0) this.#serve();
    };
    setTimeout(takeNow, PATIENCE_MS).unref();
  }

  #serve(): void {
    if (this.#server !== undefined) return;
    this.#isStarting = true;
    speak();
    if (this.#settings.runtime && !this.#hasRuntime) {
      this.#hasRuntime = true;
      attempt("no metrics of Node itself", () => collectRuntime(metrics));
    }
    attempt("no metrics", () => {
      this.#server = serveMetrics(this.#settings);
    });
    this.#isStarting = false;
  }

  #giveBack(): void {
    if (this.#server !== undefined) stopMetricsServer(this.#server);
    this.#server = undefined;
  }
}

/**
 * Whether a child process runs with `narthex/auto`, too, if it is one of Node's. Without arguments it
 * was never started, as `spawn` threw.
 */
function isInstrumented({ spawnargs }: Partial<ChildProcess>): boolean {
  if (!spawnargs) return false;
  return [process.env.NODE_OPTIONS ?? "", ...spawnargs].some((text) => text.includes("narthex"));
}
