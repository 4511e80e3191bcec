import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, vi } from "vitest";
import { parseTextPage, type TextPage } from "../text-page.ts";
import { send } from "./client.ts";
import { type Counts, requestCounts, total } from "./counts.ts";

/** Loaded machines are slow, and some servers compile first. */
const PATIENCE = { timeout: 60_000, interval: 50 };

/** A server in a process of its own, which says where it listens and serves its metrics there. */
export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #output: readonly string[];

  private constructor(child: ChildProcess, port: number, output: readonly string[]) {
    this.#child = child;
    this.port = port;
    this.#output = output;
  }

  /**
   * Starts it, and waits until it serves its metrics: Next measures nothing before that.
   *
   * @param ready for a server that has its metrics elsewhere
   */
  static async start(
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
    ready = (server: ServerProcess): Promise<unknown> => server.page(),
  ): Promise<ServerProcess> {
    const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
    const child = spawn(process.execPath, args, { cwd, env, stdio });
    const output: string[] = [];
    const port = await new Promise<number>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output.push(text);
          const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(output.join("")) ?? [];
          if (port !== undefined) resolve(Number(port));
        });
      }
      child.once("exit", () => reject(new Error(`The server ended: ${output.join("")}`)));
    });
    const started = new ServerProcess(child, port, output);
    await vi.waitFor(() => ready(started), PATIENCE);
    return started;
  }

  /** What it has said so far. */
  get output(): string {
    return this.#output.join("");
  }

  async page(): Promise<TextPage> {
    const { status, body } = await send(this, "/metrics");
    expect(status).toBe(200);
    return parseTextPage(body);
  }

  /** What was counted, once it is so many requests. */
  async counts(requests: number): Promise<Counts> {
    return vi.waitFor(async () => {
      const counts = requestCounts(await this.page());
      expect(total(counts)).toBeGreaterThanOrEqual(requests);
      return counts;
    }, PATIENCE);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    if (this.#child.kill()) await ended;
  }
}
