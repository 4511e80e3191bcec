import { connect } from "node:net";
import { type ParsedPage, parse } from "narthex/parse";
import { expect, test } from "vitest";
import { patient, post, type Service, startService } from "./service.ts";

/** For each operation of the lab's metrics, the method and route of our own. */
const OPERATIONS: Readonly<Record<string, readonly [method: string, route: string]>> = {
  hello: ["GET", "/"],
  add_article: ["POST", "/articles"],
  list_articles: ["GET", "/articles"],
  get_article: ["GET", "/articles/:id"],
  delete_article: ["DELETE", "/articles/:id"],
  healthz: ["GET", "/healthz"],
  _unmatched: ["GET", "_unmatched"],
};

test("the lab's metrics and the request metrics agree on every request", async () => {
  const service = await startService({});
  const article = await post(service, { title: "A title", body: "Some text." });
  await Promise.all([
    ...paths(service, 5, "/"),
    ...paths(service, 4, "/healthz"),
    ...paths(service, 3, "/articles"),
    ...paths(service, 2, `/articles/${article.id}`),
    ...paths(service, 20, "/nothing/here"),
    ...paths(service, 3, "/articles/no-id"),
    ...paths(service, 2, `/articles/${article.id}`, { method: "DELETE" }),
    ...paths(service, 3, "/articles", { method: "POST", body: "{broken" }),
  ]);
  await leaveBeforeTheAnswer(service);
  await expect
    .poll(async () => {
      const page = await scrape(service);
      for (const [operation, [method, route]] of Object.entries(OPERATIONS)) {
        const lab = count(page, "http_request_count_total", { method, endpoint: operation });
        const timed = count(page, "http_request_latency_seconds_count", {
          method,
          endpoint: operation,
        });
        const counted = count(page, "http_requests_total", { method, route });
        const measured = count(page, "http_request_duration_seconds_count", { method, route });
        expect({ operation, lab, timed, counted, measured }).toEqual({
          operation,
          lab,
          timed: lab,
          counted: lab,
          measured: lab,
        });
        expect(lab, operation).toBeGreaterThan(0);
      }
      return count(page, "http_requests_in_flight", {});
    }, patient)
    .toBe(0);
});

function paths(service: Service, times: number, path: string, init?: RequestInit) {
  const headers = { "content-type": "application/json" };
  return Array.from({ length: times }, async () => {
    const response = await fetch(service.url + path, {
      ...init,
      ...(init?.body ? { headers } : {}),
    });
    await response.arrayBuffer();
  });
}

/** Sends half of an article, then disconnects. */
async function leaveBeforeTheAnswer({ url }: Service): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const head = "POST /articles HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  await new Promise<void>((resolve) =>
    socket.write(`${head}Content-Length: 100\r\n\r\n{"title":`, () => resolve()),
  );
  socket.destroy();
}

async function scrape({ url }: Service): Promise<ParsedPage> {
  return parse(await (await fetch(`${url}/metrics`)).text());
}

/** The sum of a metric's samples with these labels. */
function count(page: ParsedPage, name: string, labels: Readonly<Record<string, string>>): number {
  let sum = 0;
  for (const { samples } of page.families) {
    for (const sample of samples) {
      const has = ([label, value]: [string, string]) => sample.labels[label] === value;
      if (sample.name === name && Object.entries(labels).every(has)) sum += sample.value;
    }
  }
  return sum;
}
