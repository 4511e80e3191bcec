import { gunzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { Registry } from "../registry/registry.ts";
import type { ScrapeRequest } from "./request.ts";
import { Scraper } from "./scraper.ts";

function get(
  headers: Record<string, string> = {},
  url = "/metrics",
  method = "GET",
): ScrapeRequest {
  return { method, url, header: (name) => headers[name] };
}

function textOf(body: Uint8Array | string): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

/** A registry whose page is worth compressing. */
function largeRegistry(): Registry {
  const registry = new Registry();
  const counter = registry.counter({ name: "many", help: "Many.", labels: ["i"] });
  for (let i = 0; i < 500; i += 1) counter.inc({ i });
  return registry;
}

test("answers in the format that is asked for, and says which it is", async () => {
  const registry = new Registry();
  registry.counter({ name: "jobs", help: "Jobs." }).inc();
  const scraper = new Scraper(registry);
  const text = await scraper.scrape(get());
  expect(text.status).toBe(200);
  expect(text.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(text.headers["content-length"]).toBe(String(text.body.length));
  const accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.5";
  const openMetrics = await scraper.scrape(get({ accept }));
  expect(openMetrics.headers["content-type"]).toContain("application/openmetrics-text");
  expect(textOf(openMetrics.body)).toMatch(/\njobs_total 1\n(.*\n)*# EOF\n$/);
});

test("name[] leaves out all other families", async () => {
  const registry = new Registry();
  for (const name of ["a", "b", "c"]) registry.gauge({ name, help: "…" });
  const { body } = await new Scraper(registry).scrape(get({}, "/metrics?name[]=a&name%5B%5D=c"));
  expect(textOf(body).match(/^\w+ 0$/gm)).toEqual(["a 0", "c 0"]);
});

test("a HEAD has the same headers and no body", async () => {
  const scraper = new Scraper(new Registry());
  const head = await scraper.scrape(get({}, "/metrics", "HEAD"));
  expect(head.body).toBe("");
  expect(Number(head.headers["content-length"])).toBeGreaterThan(0);
});

test("other methods are refused", async () => {
  const answer = await new Scraper(new Registry()).scrape(get({}, "/metrics?secret=1", "POST"));
  expect(answer.status).toBe(405);
  expect(answer.headers.allow).toBe("GET, HEAD");
  expect(textOf(answer.body)).not.toContain("secret");
});

describe("compression", () => {
  test.each(["gzip", "deflate, GZIP;q=0.5", "gzip , br"])("%j gets gzip", async (accept) => {
    const answer = await new Scraper(largeRegistry()).scrape(get({ "accept-encoding": accept }));
    expect(answer.headers["content-encoding"]).toBe("gzip");
    expect(answer.headers["content-length"]).toBe(String(answer.body.length));
    expect(textOf(gunzipSync(answer.body as Uint8Array))).toContain('many_total{i="499"} 1\n');
  });

  test.each(["", "identity", "br", "gzip;q=0", "gzip;q=0.000"])("%j gets none", async (accept) => {
    const answer = await new Scraper(largeRegistry()).scrape(get({ "accept-encoding": accept }));
    expect(answer.headers["content-encoding"]).toBeUndefined();
    expect(textOf(answer.body)).toContain('many_total{i="499"} 1\n');
  });

  test("a small page is not worth it", async () => {
    const answer = await new Scraper(new Registry()).scrape(get({ "accept-encoding": "gzip" }));
    expect(answer.headers["content-encoding"]).toBeUndefined();
  });
});

describe("the deadline", () => {
  test("is within Prometheus's own timeout", async () => {
    const registry = new Registry();
    registry.gauge({ name: "slow", help: "…", collect: () => new Promise<number>(() => {}) });
    registry.gauge({ name: "quick", help: "…", collect: () => 1 });
    const headers = { "x-prometheus-scrape-timeout-seconds": "0.05" };
    const { body } = await new Scraper(registry).scrape(get(headers));
    expect(textOf(body)).toContain("\nquick 1\n");
    expect(textOf(body)).not.toContain("slow ");
    expect(textOf(body)).toContain('narthex_collect_errors_total{family="slow"} 1\n');
  });

  test.each(["", "soon", "-1", "0", "NaN", "Infinity", "1e99"])(
    "%j asks for none",
    async (value) => {
      const registry = new Registry();
      const expose = vi.spyOn(registry, "expose");
      await new Scraper(registry).scrape(get({ "x-prometheus-scrape-timeout-seconds": value }));
      expect(expose.mock.calls[0]?.[0]?.deadlineMs).toBeUndefined();
    },
  );
});

describe("at the same time", () => {
  /** A registry whose page is only done when the test says so. */
  function heldUp() {
    const registry = new Registry();
    let release = (_value: number) => {};
    const value = new Promise<number>((resolve) => {
      release = resolve;
    });
    const collect = vi.fn<() => Promise<number>>(() => value);
    registry.gauge({ name: "held", help: "…", collect });
    return { registry, collect, release: () => release(7) };
  }

  test("scrapes of the same page share one", async () => {
    const { registry, release } = heldUp();
    const expose = vi.spyOn(registry, "expose");
    const scraper = new Scraper(registry);
    const both = [scraper.scrape(get()), scraper.scrape(get({ "accept-encoding": "gzip" }))];
    release();
    for (const { body } of await Promise.all(both)) expect(textOf(body)).toContain("\nheld 7\n");
    expect(expose).toHaveBeenCalledTimes(1);
    await scraper.scrape(get());
    expect(expose).toHaveBeenCalledTimes(2);
  });

  test("there are no more than the bound", async () => {
    const { registry, release } = heldUp();
    const scraper = new Scraper(registry, { maxConcurrent: 2 });
    const first = [scraper.scrape(get()), scraper.scrape(get({}, "/metrics?name[]=held"))];
    const busy = await scraper.scrape(get());
    expect(busy.status).toBe(503);
    expect(busy.headers["retry-after"]).toBe("5");
    release();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await scraper.scrape(get())).status).toBe(200);
  });
});

describe("a page's memory", () => {
  test("is given back where the page was only sent compressed", async () => {
    const { scraper, pages } = watched();
    const both = [1, 2].map(() => scraper.scrape(get({ "accept-encoding": "gzip" })));
    for (const { body } of await Promise.all(both)) {
      expect(textOf(gunzipSync(body as Uint8Array))).toContain('many_total{i="499"} 1\n');
    }
    const page = await pages[0]!;
    await vi.waitFor(() => expect(() => page.body).toThrow("release()"));
  });

  test("is not while somebody may be sending it", async () => {
    const { scraper, pages } = watched();
    await scraper.scrape(get());
    await Promise.all([scraper.scrape(get()), scraper.scrape(get({ "accept-encoding": "gzip" }))]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pages).toHaveLength(2);
    for (const page of pages) expect(textOf((await page).body)).toContain("many_total");
  });

  test("may be of a registry that does not take it back", async () => {
    const { scraper, registry } = watched();
    const { contentType, body } = await registry.expose();
    vi.spyOn(registry, "expose").mockResolvedValueOnce({ contentType, body } as never);
    const answer = await scraper.scrape(get({ "accept-encoding": "gzip" }));
    expect(textOf(gunzipSync(answer.body as Uint8Array))).toBe(textOf(body));
  });

  /** The pages that a scraper asks for. */
  function watched() {
    const registry = largeRegistry();
    const expose = registry.expose.bind(registry);
    const pages: ReturnType<typeof expose>[] = [];
    vi.spyOn(registry, "expose").mockImplementation((options) => {
      const page = expose(options);
      pages.push(page);
      return page;
    });
    return { registry, scraper: new Scraper(registry), pages };
  }
});

test("counts what it does", async () => {
  const registry = new Registry();
  const scraper = new Scraper(registry);
  const { body } = await scraper.scrape(get());
  vi.spyOn(registry, "expose").mockRejectedValueOnce(new Error("a secret"));
  const failed = await scraper.scrape(get());
  expect(failed.status).toBe(500);
  expect(textOf(failed.body)).not.toContain("secret");
  const page = await registry.text();
  expect(page).toContain('narthex_scrapes_total{result="ok"} 1\n');
  expect(page).toContain('narthex_scrapes_total{result="error"} 1\n');
  expect(page).toContain("narthex_scrape_duration_seconds_count 2\n");
  expect(page).toContain(`narthex_scrape_response_bytes_total ${body.length}\n`);
});
