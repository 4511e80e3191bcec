import { createServer, get } from "node:http";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { listen } from "../../../test/listening.ts";
import { Registry } from "../../registry/registry.ts";
import { httpMetrics } from "../node/index.ts";

const SERIES = 2000;
const scrape = fc.record({
  encoding: fc.constantFrom("gzip", "identity"),
  format: fc.constantFrom("text/plain", "application/openmetrics-text"),
  leaves: fc.constantFrom(false, false, false, true),
});

test("a client never gets bytes of another page, however clients share pages and leave", async () => {
  const registry = new Registry();
  const expose = vi.spyOn(registry, "expose");
  const counter = registry.counter({ name: "seen", help: "Seen.", labels: ["route"] });
  const server = createServer();
  httpMetrics(server, { registry, maxConcurrent: 100 });
  const url = `${await listen(server)}/metrics`;
  /** What changes from page to page is the number, which gets longer as well. */
  let number = 1;
  const add = () => {
    number *= 3;
    for (let i = 0; i < SERIES; i += 1) counter.inc({ route: `/articles/${i}` }, number);
  };
  const clients = fc.array(scrape, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(clients, { minLength: 1, maxLength: 4 }), async (rounds) => {
      number = 1;
      registry.reset();
      const pages = rounds.flatMap((together) => {
        add();
        return together.map((client) => pageOf(url, client));
      });
      for (const page of await Promise.all(pages)) {
        if (page === undefined) continue;
        const lines = page.split("\n").filter((line) => line.startsWith("seen_total{"));
        expect(new Set(lines.map((line) => line.slice(0, line.indexOf(" ")))).size).toBe(SERIES);
        expect(lines).toHaveLength(SERIES);
        for (const line of lines)
          expect(line).toMatch(/^seen_total\{route="\/articles\/\d+"\} \d+$/);
        expect(page).toMatch(/\n(# EOF\n)?$/);
      }
    }),
    { numRuns: 10 },
  );
  const bodies = await Promise.all(expose.mock.results.map(({ value }) => value));
  const isReleased = bodies.filter((page) => {
    try {
      return page.body === undefined;
    } catch {
      return true;
    }
  });
  expect(isReleased.length).toBeGreaterThan(0);
  expect(isReleased.length).toBeLessThan(bodies.length);
});

/** The page that a client reads; undefined for one that leaves at the first bytes. */
function pageOf(
  url: string,
  { encoding, format, leaves }: { encoding: string; format: string; leaves: boolean },
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { accept: format, "accept-encoding": encoding };
    get(url, { headers, agent: false }, (response) => {
      if (leaves) {
        response.destroy();
        resolve(undefined);
        return;
      }
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(chunks);
        resolve((encoding === "gzip" ? gunzipSync(body) : body).toString());
      });
    }).on("error", reject);
  });
}
