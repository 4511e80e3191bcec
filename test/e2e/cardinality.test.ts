import { Agent, request } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startService } from "../../articles/test/service.ts";
import { temporaryFolder } from "../../articles/test/temporary-folder.ts";
import { parseTextPage } from "../text-page.ts";

const REQUESTS = 5000;
const ADDRESSES = 500;
const ARTICLES = 5000;
const AT_ONCE = 16;
/** Four times the expected size: 100 and 1,000 series of a few hundred bytes. */
const PAGE_LIMIT_BYTES = 500_000;

test("many addresses and many articles leave the page small and the sums exact", async () => {
  const { url } = await startService({
    DATABASE_URL: `file:${join(temporaryFolder(), "articles.db")}`,
    LOG_LEVEL: "warn",
    TRUST_PROXY: "loopback",
  });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  await inParallel(REQUESTS, (i) => {
    const from = i % ADDRESSES;
    const headers = { "x-forwarded-for": `10.0.${from >> 8}.${from & 255}` };
    return send(url, { agent, headers });
  });
  await inParallel(ARTICLES, (i) => {
    const body = JSON.stringify({ title: `Article ${i}`, body: "…" });
    return send(`${url}/articles`, { agent, method: "POST", body });
  });
  agent.destroy();

  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  expect(text.length).toBeLessThan(PAGE_LIMIT_BYTES);
  const page = parseTextPage(text);
  const samples = (name: string) => page.samples.filter((sample) => sample.name === name);
  const sum = (name: string) => samples(name).reduce((total, { value }) => total + value, 0);
  expect(sum("http_request_count_total")).toBe(REQUESTS + ARTICLES + 1);
  expect(sum("article_count_total")).toBe(ARTICLES);
  // The limits, and one overflow series each.
  expect(samples("http_request_count_total")).toHaveLength(100 + 1);
  expect(samples("article_count_total")).toHaveLength(1000 + 1);
  expect(page.value("article_count_total", { id: "_other" })).toBe(ARTICLES - 1000);
  expect(page.value("narthex_overflow_updates_total", { family: "article_count" })).toBe(
    ARTICLES - 1000,
  );
});

async function inParallel(count: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

interface SendOptions {
  readonly agent: Agent;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

function send(url: string, { agent, method = "GET", headers, body }: SendOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const sent = request(url, { agent, method, headers: { ...type, ...headers } }, (response) => {
      response.resume().once("end", () => {
        if (response.statusCode! < 300) resolve();
        else reject(new Error(`${method} ${url}: ${response.statusCode}`));
      });
    });
    sent.once("error", reject).end(body);
  });
}
