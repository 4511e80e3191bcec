import type { ChildProcess } from "node:child_process";
import type { Server } from "node:http";
import { joinProcesses } from "../aggregate/processes.ts";
import { isWorker } from "../http/page/one-worker.ts";
import { stopMetricsServer } from "../http/page/server.ts";
import { metrics } from "../registry/metrics.ts";
import { isInProcesses } from "../registry/parts.ts";
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
  readonly #onKept: (() => void)[] = [];
  #server: Server | undefined;
  /** Whether the process keeps the port, whatever it starts. */
  #isKept = false;
  /** Whether the metrics that are being made are this package's own. */
  #isStarting = false;
  #hasRuntime = false;
  #hasSent = false;
  #children = 0;

  constructor(settings: AutoSettings) {
    this.#settings = settings;
  }

  /** Calls `release` once the process keeps the port. */
  onKept(release: () => void): void {
    this.#onKept.push(release);
  }

  /** The process listens for HTTP, or has made a metric of its own: it keeps the port. */
  keep(): void {
    if (this.#isKept || this.#isStarting) return;
    this.#isKept = true;
    for (const release of this.#onKept.splice(0)) release();
    // The application finishes its set-up first, because what it asks for takes precedence.
    process.nextTick(() => this.#serve());
  }

  /** The process sends a request. */
  noteRequest(): void {
    if (this.#hasSent) return;
    this.#hasSent = true;
    this.#takeLater();
  }

  /** The process has started another one. */
  noteChild(child: ChildProcess): void {
    // Node sets the arguments after it has published the process.
    process.nextTick(() => {
      if (this.#isKept || !isInstrumented(child)) return;
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
    joinGroup(this.#settings);
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

/** Joins the other workers of a cluster or of PM2, or the group that the environment names. */
function joinGroup({ group }: AutoSettings): void {
  if (group === undefined && process.env.pm_id === undefined && !isWorker()) return;
  if (isInProcesses(metrics)) return;
  attempt("no metrics of other processes", () => joinProcesses(metrics, { group }));
}

/**
 * Whether a child process loads `narthex/auto`, too, provided that it runs Node. One without arguments
 * was never started, because `spawn` threw.
 */
function isInstrumented({ spawnargs }: Partial<ChildProcess>): boolean {
  if (!spawnargs) return false;
  return [process.env.NODE_OPTIONS ?? "", ...spawnargs].some((text) => text.includes("narthex"));
}
