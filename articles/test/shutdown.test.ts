import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { listAll, patient, post, type Service, startService } from "./service.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const CLIENTS = 12;
const article = JSON.stringify({ title: "in flight", body: "" });

test.each(["SIGTERM", "SIGINT"] as const)("%s ends a service at rest with 0", async (signal) => {
  const service = await startOnLibsql();
  // An idle connection that is kept alive must not delay the shutdown.
  await fetch(`${service.url}/`);
  service.send(signal);
  expect(await service.ended).toBe(0);
  expect(service.stdout).toContain(`articles: ${signal}: answering what came in`);
  expect(service.stdout).toMatch(/articles stopped: every request is answered, .*closed\n$/);
});

test("a request in flight is answered, a new connection refused", async () => {
  const env = { DATABASE_URL: `file:${join(temporaryFolder(), "articles.db")}` };
  const service = await startService(env);
  const inFlight = await startPosting(service);
  service.send("SIGTERM");
  await expect.poll(() => fetch(service.url).catch(() => "refused"), patient).toBe("refused");

  inFlight.end(article.slice(1));
  const [response] = await once(inFlight, "response");
  expect(response.statusCode).toBe(201);
  expect(response.headers.connection).toBe("close");
  response.resume();
  expect(await service.ended).toBe(0);
  expect(await listAll(await startService(env))).toMatchObject([{ title: "in flight" }]);
});

test("a service that stops says that it is not ready, and closes what it answers", async () => {
  const service = await startOnLibsql({ SHUTDOWN_DELAY_MS: "2000" });
  service.send("SIGTERM");
  const ask = async () => (await fetch(`${service.url}/readyz`)).json();
  await expect.poll(ask, patient).toMatchObject({ detail: "the service is stopping" });
  const response = await fetch(service.url);
  expect([response.status, response.headers.get("connection")]).toEqual([200, "close"]);
  expect(await service.ended).toBe(0);
});

test("a second signal ends it at once with 1; one that comes with the first is the same", async () => {
  const service = await startOnLibsql();
  await startPosting(service);
  service.send("SIGINT");
  service.send("SIGTERM");
  await expect.poll(() => fetch(service.url).catch(() => "refused"), patient).toBe("refused");
  await sleep(1_500);
  service.send("SIGINT");
  expect(await service.ended).toBe(1);
  expect(service.stdout).toMatch(/articles stopped at once: .*\n$/);
});

test("a request that does not end within the bound ends with the service, with 1", async () => {
  const service = await startOnLibsql();
  await startPosting(service);
  service.send("SIGTERM");
  expect(await service.ended).toBe(1);
  expect(service.stdout).toMatch(/articles stopped after 10\.5 s: a request had not ended\n$/);
});

test.each([
  ["nothing", ""],
  ["half a header", "POST /articles HTTP/1.1\r\nHost: a\r\n"],
  ["a request that was answered, and half of another", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT"],
])("a connection that has sent %s does not hold the shutdown up", async (_, bytes) => {
  const service = await startOnLibsql();
  const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
  socket.on("error", () => {}).resume();
  await once(socket, "connect");
  socket.write(bytes);
  await sleep(100);
  const start = performance.now();
  service.send("SIGTERM");
  expect(await service.ended).toBe(0);
  expect(performance.now() - start).toBeLessThan(8_000);
});

test("clients that go on posting lose nothing; a broken connection is rare, and its request unread", async () => {
  const env = { DATABASE_URL: `file:${join(temporaryFolder(), "articles.db")}` };
  const service = await startService(env);
  const acknowledged: string[] = [];
  const broken: string[] = [];
  const client = async (_: unknown, number: number) => {
    for (let count = 0; ; count++) {
      const title = `${number}/${count}`;
      try {
        await post(service, { title, body: "" });
        acknowledged.push(title);
      } catch (error) {
        if (!isRefusal(error)) broken.push(title);
        return;
      }
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  await expect.poll(() => acknowledged.length, patient).toBeGreaterThan(100);
  service.send("SIGTERM");
  await clients;
  expect(await service.ended).toBe(0);
  // Closing a listening socket resets those who connect at that moment.
  expect(broken.length).toBeLessThan(CLIENTS);
  const stored = (await listAll(await startService(env))).map(({ title }) => title);
  expect(stored.sort()).toEqual(acknowledged.sort());
});

function isRefusal(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code === "ECONNREFUSED";
}

function startOnLibsql(env: Record<string, string> = {}): Promise<Service> {
  return startService({ ...env, DATABASE_URL: `file:${join(temporaryFolder(), "articles.db")}` });
}

/** Sends a request except for its end, and waits until the service has received it. */
async function startPosting(service: Service) {
  const headers = { "content-type": "application/json", "content-length": article.length };
  const posting = request(`${service.url}/articles`, { method: "POST", headers });
  posting.on("error", () => {});
  posting.write(article.slice(0, 1));
  await expect.poll(() => service.stderr, patient).toContain('"method":"POST"');
  return posting;
}
