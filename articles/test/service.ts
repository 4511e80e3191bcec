import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";
import type { Article, Draft } from "../src/store/article-store.ts";

/** Options of `expect.poll`: generous for loaded machines, and only a failure takes that long. */
export const patient = { timeout: 60_000 };
vi.setConfig({ testTimeout: 120_000 });

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** The built service in a process of its own, which is stopped when the test ends. */
export interface Service {
  url: string;
  stdout: string;
  stderr: string;
  send(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended the process. */
  ended: Promise<number | NodeJS.Signals>;
}

/** Starts the service on a free port, and waits until it prints its address. */
export async function startService(env: Record<string, string>): Promise<Service> {
  const service = await spawnService(env);
  if (service.url === "") throw new Error(`The service ended: ${service.stderr}`);
  return service;
}

/** Starts the service with these settings, and waits until it prints its address or exits. */
export async function spawnService(env: Record<string, string>): Promise<Service> {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [main], { env: { PATH, PORT: "0", ...env } });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });

  const service: Service = {
    url: "",
    stdout: "",
    stderr: "",
    send: (signal) => child.kill(signal),
    ended: once(child, "close").then(([code, signal]) => code ?? signal),
  };
  child.stderr.setEncoding("utf8").on("data", (text) => {
    service.stderr += text;
  });
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text) => {
      service.stdout += text;
      service.url = /http:\/\/\S+(?=\/\n)/.exec(service.stdout)?.[0] ?? "";
      if (service.url !== "") resolve();
    });
    service.ended.then(() => resolve());
  });
  return service;
}

/** Posts an article; throws if it is not acknowledged. */
export async function post(service: Service, draft: Draft): Promise<Article> {
  const response = await fetch(`${service.url}/articles`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(draft),
  });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Article;
}

/** All articles, newest first, page by page. */
export async function listAll(service: Service): Promise<Article[]> {
  const found: Article[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: "100", ...(cursor !== undefined && { cursor }) });
    const response = await fetch(`${service.url}/articles?${query}`);
    const page = (await response.json()) as { items: Article[]; next?: string };
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}
