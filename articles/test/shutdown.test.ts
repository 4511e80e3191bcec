import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { listAll, patient, type Service, startService } from "./service.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const article = JSON.stringify({ title: "in flight", body: "" });

test.each(["SIGTERM", "SIGINT"] as const)("%s ends a service at rest with 0", async (signal) => {
  const service = await startOnLibsql();
  // An idle connection that is kept alive must not delay the shutdown.
  await fetch(`${service.url}/`);
  service.send(signal);
  expect(await service.ended).toBe(0);
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

test("a service that stops says that it is not ready", async () => {
  const service = await startOnLibsql();
  const socket = connect(Number(new URL(service.url).port), "127.0.0.1").setEncoding("utf8");
  let received = "";
  socket.on("data", (text) => {
    received += text;
  });
  // When the first is answered, the service has received the beginning of the second as well.
  socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /readyz HTTP/1.1\r\nHost: a\r\n");
  await expect.poll(() => received, patient).toContain("HTTP/1.1 200");
  service.send("SIGTERM");
  await expect.poll(() => fetch(service.url).catch(() => "refused"), patient).toBe("refused");
  socket.write("\r\n");
  await once(socket, "close");
  expect(received).toContain("HTTP/1.1 503");
  expect(received).toContain('"detail":"the service is stopping"');
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
});

test("a request that does not end within the bound ends with the service, with 1", async () => {
  const service = await startOnLibsql();
  await startPosting(service);
  service.send("SIGTERM");
  expect(await service.ended).toBe(1);
});

function startOnLibsql(): Promise<Service> {
  return startService({ DATABASE_URL: `file:${join(temporaryFolder(), "articles.db")}` });
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
