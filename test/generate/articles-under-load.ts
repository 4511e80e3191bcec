import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { repository } from "../../scripts/repository.mjs";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { startPrometheus } from "../../scripts/servers/prometheus.mjs";

/** The articles service, and load on it. */
export class Articles {
  readonly url: string;
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #load: NodeJS.Timeout;

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.url = url;
    this.folder = folder;
    this.#child = child;
    this.#load = setInterval(() => this.#request().catch(() => undefined), 20);
  }

  static async start(): Promise<Articles> {
    const folder = mkdtempSync(join(tmpdir(), "narthex-articles-"));
    const port = await freePort();
    const child = spawn(process.execPath, [join(repository, "articles/dist/main.js")], {
      env: {
        ...process.env,
        PORT: String(port),
        LOG_LEVEL: "error",
        DATABASE_URL: `file:${join(folder, "articles.db")}`,
      },
      stdio: "ignore",
    });
    const articles = new Articles(`http://127.0.0.1:${port}`, folder, child);
    const isReady = async () => {
      const { ok } = await fetch(`${articles.url}/readyz`);
      if (!ok) throw new Error("It is not ready.");
      await articles.#request();
    };
    try {
      await vi.waitFor(isReady, { timeout: 60_000, interval: 100 });
    } catch (error) {
      await articles.stop();
      throw error;
    }
    return articles;
  }

  /** What users do: reading, writing, and what is not there. */
  async #request(): Promise<void> {
    const body = JSON.stringify({
      title: "Fennel",
      body: "It carries fire.",
      author: "Prometheus",
    });
    const headers = { "content-type": "application/json" };
    const answers = await Promise.all([
      fetch(`${this.url}/`),
      fetch(`${this.url}/articles`),
      fetch(`${this.url}/nowhere`),
      fetch(`${this.url}/articles`, { method: "POST", headers, body }),
    ]);
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  }

  /** A Prometheus that scrapes the service and evaluates rules every second. */
  async scraped(rules: string) {
    writeFileSync(join(this.folder, "rules.yml"), rules);
    const configFile = join(this.folder, "prometheus.yml");
    writeFileSync(
      configFile,
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs:
  - job_name: app-metrics
    static_configs: [{ targets: ["${new URL(this.url).host}"] }]
`,
    );
    return startPrometheus({ configFile });
  }

  async stop(): Promise<void> {
    clearInterval(this.#load);
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
