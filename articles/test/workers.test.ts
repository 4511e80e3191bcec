import { statSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { parseTextPage, type TextPage } from "../../test/text-page.ts";
import { listAll, patient, post, type Service, spawnService, startService } from "./service.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const WORKERS = 4;

test("the lab's numbers are exact on the page of every worker, also when workers have ended", async () => {
  const service = await startService({ ...fileDatabase(), WORKERS: String(WORKERS) });
  await send(service, 40);
  await expectExact(service, 40);
  expect(workersOf(service).length).toBe(WORKERS);

  // One that ends by itself takes nothing along, as it reports before.
  const [first, second] = workersOf(service) as [number, number];
  process.kill(first, "SIGTERM");
  await expectReplaced(service, first);
  await send(service, 10);
  await expectExact(service, 50);

  // Everything has been reported before this one is killed.
  process.kill(second, "SIGKILL");
  await expectReplaced(service, second);
  await send(service, 10);
  await expectExact(service, 60);
  expect((await answer(service, "/readyz")).status).toBe(200);

  service.send("SIGTERM");
  expect(await service.ended).toBe(0);
  expect(service.stdout).toMatch(/articles stopped: every request is answered, .*closed\n$/);
});

test("clients that go on posting while all workers stop lose nothing", async () => {
  const env = fileDatabase();
  const service = await startService({ ...env, WORKERS: "2", LOG_LEVEL: "warn" });
  const acknowledged: string[] = [];
  const client = async (_: unknown, number: number) => {
    for (let count = 0; ; count++) {
      const title = `${number}/${count}`;
      try {
        await post(service, { title, body: "" });
      } catch {
        return;
      }
      acknowledged.push(title);
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  await expect.poll(() => acknowledged.length, patient).toBeGreaterThan(100);
  service.send("SIGTERM");
  await clients;
  expect(await service.ended).toBe(0);
  expect(statSync(`${env.DATABASE_URL.slice("file:".length)}-wal`).size).toBe(0);
  const stored = (await listAll(await startService(env))).map(({ title }) => title);
  expect(stored.sort()).toEqual(acknowledged.sort());
});

test("a wrong setting is said once, and ends all processes", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await expect.poll(() => server.listening).toBe(true);
  const { port } = server.address() as AddressInfo;
  const env = { ...fileDatabase(), WORKERS: "2", PORT: String(port), LOG_LEVEL: "warn" };
  const { ended, stderr, stdout } = await spawnService(env);
  expect(stderr).toMatch(/^articles: PORT=\d+ is in use[^\n]+\n$/);
  expect([await ended, stdout]).toEqual([1, ""]);
});

function fileDatabase() {
  return { DATABASE_URL: `file:${join(temporaryFolder(), "articles.db")}` };
}

/** Sends so many requests of each kind, each on a connection of its own, so that all workers get some. */
async function send(service: Service, times: number): Promise<void> {
  const draft = { title: "a", body: "" };
  for (let i = 0; i < times; i += 1) {
    const [hello, nothing] = [answer(service, "/"), answer(service, "/nope")];
    await Promise.all([hello, nothing, answer(service, "/articles", draft)]);
  }
}

/** What the pages of all workers must say after so many requests of each kind. */
async function expectExact(service: Service, times: number): Promise<void> {
  const wanted = {
    hello: times,
    add_article: times,
    _unmatched: times,
    timed: times,
    articles: times,
    stored: times,
    members: WORKERS + 1,
  };
  const scrape = async () => parseTextPage((await answer(service, "/metrics")).body);
  await expect.poll(async () => numbersOf(await scrape()), patient).toEqual(wanted);
  // Now every worker has reported everything, so that the next pages say the same, whoever makes them.
  const makers = new Set<string | undefined>();
  while (makers.size < WORKERS) {
    const page = await scrape();
    expect(numbersOf(page)).toEqual(wanted);
    makers.add(makerOf(page));
  }
}

/** The worker that has made a page: it has reported just before. */
function makerOf({ samples }: TextPage): string | undefined {
  const ages = samples.filter(({ name }) => name === "narthex_member_report_age_seconds");
  return ages.sort((a, b) => a.value - b.value)[0]?.labels.process;
}

function numbersOf(page: TextPage) {
  const ip = "127.0.0.1";
  const count = (method: string, endpoint: string) =>
    page.value("http_request_count_total", { method, endpoint, ip });
  const add = { method: "POST", endpoint: "add_article" };
  const articles = page.families.get("article_count_total")?.samples ?? [];
  return {
    hello: count("GET", "hello"),
    add_article: count("POST", "add_article"),
    _unmatched: count("GET", "_unmatched"),
    timed: page.value("http_request_latency_seconds_count", add),
    articles: articles.length,
    stored: page.value("db_query_duration_seconds_count", { operation: "insert", result: "ok" }),
    members: page.value("narthex_members"),
  };
}

/** Waits until the primary process has noticed that a worker has ended. */
async function expectReplaced(service: Service, pid: number): Promise<void> {
  await expect.poll(() => service.stderr, patient).toContain(`"worker":${pid}`);
}

/** The pids of the workers that have answered requests for articles, as their logs tell. */
function workersOf({ stderr }: Service): number[] {
  const lines = stderr.split("\n").filter((line) => line.includes('"path":"/articles"'));
  return [...new Set(lines.map((line) => JSON.parse(line).pid as number))];
}

/** An answer on a connection of its own. */
function answer({ url }: Service, path: string, json?: object) {
  const headers = { "content-type": "application/json" };
  const method = json === undefined ? "GET" : "POST";
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(url + path, { agent: false, method, headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await text(response) });
    });
    sent.on("error", reject).end(json && JSON.stringify(json));
  });
}
