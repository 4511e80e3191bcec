import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { parseTextPage, type TextPage } from "../text-page.ts";

vi.setConfig({ testTimeout: 120_000 });

/** For `expect.poll`: a loaded machine may take its time, and only a failure takes all of it. */
export const patient = { timeout: 60_000 };

/** A program that runs with `narthex/auto`; it ends with the test at the latest. */
export class AutoProcess {
  stdout = "";
  stderr = "";
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child;

  /**
   * @param args of Node, after `--import narthex/auto`
   * @param env its metrics are on any free port, unless it says something else
   */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    cwd = join(import.meta.dirname, "servers"),
  ) {
    const { PATH = "" } = process.env;
    const child = spawn(process.execPath, ["--import", "narthex/auto", ...args], {
      cwd,
      env: { PATH, NODE_ENV: "test", NARTHEX_PORT: "0", ...env },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stdout.setEncoding("utf8").on("data", (text) => {
      this.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
    this.ended = once(child, "close").then(([code, signal]) => code ?? signal);
    this.#child = child;
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Where the application listens: it says so on stdout. */
  async url(): Promise<string> {
    return this.#said(() => /http:\S+(?=\n)/.exec(this.stdout)?.[0]);
  }

  /** Where its metrics are. */
  async metricsUrl(): Promise<string> {
    return this.#said(() => /^narthex: metrics on (http:\S+)\n/m.exec(this.stderr)?.[1]);
  }

  async page(): Promise<TextPage> {
    const response = await fetch(await this.metricsUrl());
    return parseTextPage(await response.text());
  }

  async #said(find: () => string | undefined): Promise<string> {
    return vi.waitUntil(() => {
      if (this.#child.exitCode !== null) throw new Error(`The process ended: ${this.stderr}`);
      return find();
    }, patient);
  }
}
