import { type ChildProcess, spawn } from "node:child_process";
import { get } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished } from "vitest";

/** A process of the service that listens. */
export interface Worker {
  readonly pid: number;
  readonly port: number;
  /** The ports of its page: those of threads, too. */
  readonly pages?: readonly number[];
}

/** What a worker says at its end. */
export interface Ended {
  readonly ended: number;
  /** How many updates its endless threads have completed, and how many such threads there were. */
  readonly done: number;
  readonly replaced: number;
}

/** How much of what a worker has answered can be lost with it: an interval, and what a busy machine adds. */
const LOSABLE_MS = 1000;

/** The service of service.mjs, or of another file, with load on it, and a record of what it has answered. */
export class Service {
  readonly workers = new Map<number, Worker>();
  readonly ended: Ended[] = [];
  /** When which worker has answered. */
  readonly answers: { readonly pid: number; readonly time: number }[] = [];
  /** Requests that got no answer, which may have been counted. */
  failed = 0;
  /** How many answers may be lost with the workers that were killed. */
  losable = 0;
  #stopped = false;
  readonly #file: string;

  constructor(file = "service.mjs") {
    this.#file = file;
  }

  start(env: Readonly<Record<string, string>>): ChildProcess {
    const child = spawn(process.execPath, [join(import.meta.dirname, this.#file)], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const said = JSON.parse(line) as Worker | Ended;
      if ("ended" in said) this.ended.push(said);
      else this.workers.set(said.pid, said);
    });
    return child;
  }

  /** Sends requests one after the other until the load is stopped. */
  async load(): Promise<void> {
    while (!this.#stopped) {
      const worker = this.anyWorker();
      if (worker === undefined) await pause(10);
      else await this.#request(worker);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  anyWorker(): Worker | undefined {
    const all = [...this.workers.values()];
    return all[Math.floor(Math.random() * all.length)];
  }

  /** Ends a worker, of which no page is wanted any more. */
  end({ pid }: Worker, signal: "SIGKILL" | "SIGTERM"): void {
    this.workers.delete(pid);
    const since = Date.now() - LOSABLE_MS;
    if (signal === "SIGKILL") {
      this.losable += this.answers.filter((one) => one.pid === pid && one.time > since).length;
    }
    process.kill(pid, signal);
  }

  async #request({ port }: Worker): Promise<void> {
    try {
      const pid = Number(await body(port, "/"));
      this.answers.push({ pid, time: Date.now() });
    } catch {
      this.failed += 1;
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A connection that the primary handed to a worker just before it was killed is never answered. */
const PATIENCE_MS = 3000;

/** The body of a page, by a connection of its own. */
export function body(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (part) => {
          text += part;
        })
        .on("end", () => resolve(text))
        .on("error", reject);
    });
    request.on("error", reject);
    request.setTimeout(PATIENCE_MS, () => request.destroy(new Error("no answer")));
  });
}

/** The samples of counters and histograms on a page, which must never fall. */
export function totals(page: string): ReadonlyMap<string, number> {
  const lines = page
    .split("\n")
    .filter((line) => /^(?:work_|took_seconds_|http_requests_total)/.test(line));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** Scrapes random members while `work` runs, and expects that no total ever falls. */
export async function scrapedDuring(service: Service, work: Promise<void>): Promise<number> {
  let isOver = false;
  void work.finally(() => {
    isOver = true;
  });
  const before = new Map<string, number>();
  let scrapes = 0;
  while (!isOver) {
    const worker = service.anyWorker();
    const page = worker && (await body(pagePort(worker), "/metrics").catch(() => undefined));
    if (page === undefined) {
      await pause(10);
      continue;
    }
    scrapes += 1;
    const now = totals(page);
    for (const [sample, value] of before) {
      expect(now.get(sample), `${sample} after ${scrapes} scrapes`).toBeGreaterThanOrEqual(value);
    }
    for (const [sample, value] of now) before.set(sample, value);
    await pause(20);
  }
  await work;
  return scrapes;
}

/** One of the ports that have the page. */
function pagePort({ port, pages = [port] }: Worker): number {
  return pages[Math.floor(Math.random() * pages.length)]!;
}

export async function started(service: Service, count: number): Promise<void> {
  await expect.poll(() => service.workers.size, { timeout: 30_000 }).toBe(count);
}

/** The work that the page of any member has, once all others have reported. */
export async function counted(service: Service): Promise<number> {
  await pause(1000);
  return totals(await body(service.anyWorker()!.port, "/metrics")).get("work_total")!;
}
