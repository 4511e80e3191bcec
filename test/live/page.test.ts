import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Registry } from "narthex";
import { basic } from "narthex/http";
import { monitor } from "narthex/node";
import { metricsHandler, serveMetrics } from "narthex/serve";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openApp } from "../../articles/test/open-app.ts";
import { startService } from "../../articles/test/service.ts";
import { temporaryFolder } from "../../articles/test/temporary-folder.ts";
import { AutoProcess } from "../auto/auto-process.ts";
import { realServer } from "../real-servers.ts";
import { expectFine, gzippedBytes, hasDrawn, launch, look, open, SIZES } from "./browser.ts";

const chromium = await realServer("chromium");

/** A program that would show in the title that a text became HTML. */
const HOSTILE = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`;

/** The other views, each with a text that it has. */
const VIEWS = {
  metrics: "http_request_count_total",
  requests: "Slowest requests",
  cardinality: /^Series by metric/,
};

test("the page weighs less than 100 kB, and has the licence of its charts", async () => {
  const answer = await metricsHandler({ registry: new Registry(), live: true })(
    new Request("http://localhost/metrics", { headers: { accept: "text/html" } }),
  );
  const html = await answer.text();
  expect(gzippedBytes(html)).toBeLessThan(100_000);
  expect(gzippedBytes(html)).toBeGreaterThan(20_000);
  expect(html).toMatch(/uPlot[\s\S]*MIT License[\s\S]*Permission is hereby granted/i);
});

describe.skipIf(!chromium)("in Chromium", { timeout: 120_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch(chromium!);
  });
  afterAll(() => browser?.close());

  test("draws while load runs on the articles service, on each screen and in both themes", async () => {
    const app = await openApp();
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const load = setInterval(() => {
      for (const path of ["/", "/articles", "/articles/none", "/healthz"]) {
        void fetch(url + path).then((response) => response.text());
      }
    }, 50);
    onTestFinished(() => clearInterval(load));
    for (const colorScheme of ["light", "dark"] as const) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        const { page, errors } = await open(browser, `${url}/metrics`, { colorScheme, viewport });
        const requests = page.locator(".tile", { hasText: "Requests" }).locator("dd");
        await expect
          .poll(() => requests.textContent(), { timeout: 30_000 })
          .toMatch(/^[1-9].*\/s$/);
        for (const title of ["Requests by status", "How long requests take", "Memory"]) {
          await expect.poll(() => hasDrawn(page, title), { timeout: 30_000 }).toBe(true);
        }
        await look(page, `overview-${size}-${colorScheme}`);
        await expectFine(page, errors);
        // The other views in each theme and in each size, once.
        const isShown = (colorScheme === "light") === (size === "wide");
        for (const [view, text] of isShown ? Object.entries(VIEWS) : []) {
          await page.getByRole("link", { name: view }).click();
          await page.getByText(text).first().waitFor();
          await look(page, `${view}-${size}-${colorScheme}`);
          await expectFine(page, errors);
        }
        expect(
          await page.evaluate("document.documentElement.scrollWidth - innerWidth"),
        ).toBeLessThanOrEqual(0);
        await page.close();
      }
    }
  });

  test("native histograms, states, facts, exemplars and queries, by the keyboard", async () => {
    const registry = new Registry();
    const sizes = registry.histogram({
      name: "size_bytes",
      help: "Sizes.",
      unit: "bytes",
      buckets: [],
      native: true,
    });
    registry.stateSet({ name: "mode", help: "Mode.", states: ["on", "off"] }).set("on", true);
    registry.info({ name: "build", help: "What runs." }).set({ version: "1.2.3" });
    const exemplar = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" };
    const observe = setInterval(() => sizes.observe(2 ** (10 * Math.random()), { exemplar }), 20);
    onTestFinished(() => clearInterval(observe));
    const { page, errors } = await open(
      browser,
      await serve(registry, { live: { traceUrl: "http://traces.test/{trace_id}" } }),
    );
    await page.keyboard.press("/");
    await page.keyboard.type("size_");
    await page.getByText(/^1 of \d+ metrics/).waitFor();
    await page.getByRole("button", { name: "size_bytes", exact: true }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("histogram_quantile(0.95, sum(rate(size_bytes[1m])))").waitFor();
    await dialog.getByText(/^p50 .* B/).waitFor();
    await dialog.getByRole("button", { name: "◇" }).first().click();
    const link = page.getByRole("link", { name: exemplar.trace_id });
    expect(await link.getAttribute("href")).toBe(`http://traces.test/${exemplar.trace_id}`);
    await look(page, "exemplar");
    await page.keyboard.press("Escape");
    await look(page, "native");
    await expectFine(page, errors);
    await page.keyboard.press("Escape");
    await page.getByRole("searchbox", { name: "Search metrics" }).fill("mode");
    await page.getByText("on: on").waitFor();
    await page.getByRole("button", { name: "Copy the PromQL of mode" }).click();
    await page
      .getByText(/^PromQL/)
      .last()
      .waitFor();
    await page.getByRole("searchbox", { name: "Search metrics" }).fill("build");
    await page.getByRole("button", { name: "build_info", exact: true }).click();
    await dialog.getByText('version="1.2.3"').waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  test("an objective shows what is left of its budget of errors", async () => {
    const registry = new Registry();
    const jobs = registry.counter({ name: "jobs", help: "Jobs.", labels: ["outcome"] });
    registry.slo({
      name: "jobs-done",
      objective: 0.9,
      description: "Nine of ten jobs succeed.",
      good: { family: jobs, match: { outcome: "ok" } },
      total: { family: jobs },
    });
    jobs.inc({ outcome: "ok" }, 95);
    jobs.inc({ outcome: "failed" }, 5);
    const { page, errors } = await open(browser, await serve(registry, { live: true }));
    const card = page.locator(".objectives section", { hasText: "jobs-done" });
    await card.getByText("95.0 % of 100 since the start").waitFor();
    await card.getByText("50 % of their budget left").waitFor();
    expect(Number(await card.getByRole("meter").getAttribute("value"))).toBeCloseTo(0.5);
    jobs.inc({ outcome: "failed" }, 100);
    await card.getByText("47.5 % of 200 since the start").waitFor();
    await card.getByText("their budget is spent 5.25 times").waitFor();
    await expect.poll(() => card.locator(".caption").textContent()).toMatch(/^burn rate \d/);
    await card.getByRole("button", { name: "Copy the PromQL of: jobs-done" }).click();
    await page.getByText(/sum\(increase\(jobs_total\{outcome="ok"\}\[30d\]\)\)/).waitFor();
    await look(page, "objective");
    await expectFine(page, errors);
    await page.close();
  });

  test("monitor and narthex/auto have the page, and what is excluded is not on it", async () => {
    const server = createServer((_request, response) => response.end("hello"));
    server.listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    const own = monitor(server, {
      port: 0,
      registry: new Registry(),
      live: true,
      exclude: ["/up"],
    });
    onTestFinished(() => void own.close());
    await Promise.all([server, own].map((one) => one.listening || once(one, "listening")));
    const auto = new AutoProcess(["express.mjs"], { NARTHEX_LIVE: "true", NARTHEX_EXCLUDE: "/up" });
    const pages = [
      [addressOf(server), `${addressOf(own)}/metrics`],
      [await auto.url(), await auto.metricsUrl()],
    ] as const;
    for (const [app, url] of pages) {
      for (const path of ["/up", "/", "/"]) await (await fetch(app + path)).text();
      const { page, errors } = await open(browser, `${url}#requests`);
      const slowest = page.getByRole("region", { name: "Slowest requests" });
      await slowest.getByRole("row").nth(2).waitFor();
      expect(await slowest.getByRole("row").count()).toBe(3);
      expect(errors).toEqual([]);
      await page.close();
    }
  });

  test("of a group of processes, the page stays with the one that answered first", async () => {
    const database = `file:${join(temporaryFolder(), "articles.db")}`;
    const { url, send, ended } = await startService({ WORKERS: "2", DATABASE_URL: database });
    const load = setInterval(() => void fetch(url).then((response) => response.text()), 50);
    onTestFinished(() => clearInterval(load));
    const { page, errors } = await open(browser, `${url}/metrics`);
    const facts = page.locator("header .facts");
    const first = /process \d+/.exec((await facts.textContent())!)![0];
    await expect.poll(() => hasDrawn(page, "Requests by status"), { timeout: 30_000 }).toBe(true);
    // The list of metrics is asked for each third time, so this is a later answer.
    await expect.poll(() => facts.textContent(), { timeout: 30_000 }).toMatch(/up ([7-9]|\d\d)/);
    expect(await facts.textContent()).toContain(first);
    await expectFine(page, errors);
    await page.close();
    clearInterval(load);
    send("SIGTERM");
    expect(await ended).toBe(0);
  });

  test("texts of metrics are never HTML", async () => {
    const registry = new Registry({ utf8: true, labels: { service: HOSTILE } });
    const labels = { labels: ["a", "le"] } as const;
    registry.gauge({ name: HOSTILE, help: HOSTILE, ...labels }).set({ a: HOSTILE, le: HOSTILE }, 1);
    registry.stateSet({ name: "mode", help: HOSTILE, states: [HOSTILE, "b"] }).set(HOSTILE, true);
    registry
      .histogram({ name: "sizes", help: HOSTILE, labels: ["b"] })
      .observe({ b: HOSTILE }, 1, { exemplar: { trace_id: HOSTILE.slice(0, 100) } });
    registry.gauge({
      name: "broken",
      help: HOSTILE,
      collect() {
        throw new Error(HOSTILE);
      },
    });
    registry.slo({
      name: "hostile",
      objective: 0.9,
      description: HOSTILE,
      good: { family: "sizes", match: { b: HOSTILE } },
      total: { family: "sizes" },
    });
    const url = await serve(registry, { live: true });
    await fetch(url);
    const { page, errors } = await open(browser, url);
    await page.locator(".objectives").getByText(HOSTILE).waitFor();
    await page.getByRole("link", { name: "metrics" }).click();
    await page.getByRole("button", { name: HOSTILE, exact: true }).hover();
    const chart = page.locator(".family .u-over").first();
    await chart.hover();
    await page.getByRole("button", { name: HOSTILE, exact: true }).click();
    await page.getByRole("dialog").getByText(`a="${HOSTILE}"`).waitFor();
    await page.getByRole("dialog").locator(".u-over").hover();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "sizes", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "◇" }).click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "cardinality" }).click();
    await page.getByText(`Error: ${HOSTILE}`.slice(0, 30)).waitFor();
    await look(page, "hostile");
    expect(await page.locator("img, body script:not([type=module])").count()).toBe(0);
    // The name of the service is in the title, as text.
    expect(await page.title()).toContain(" · <img src=x");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("of 10,000 series only what is in the window is in the document", async () => {
    const registry = new Registry();
    for (let family = 0; family < 500; family++) {
      const gauge = registry.gauge({ name: `g${family}_depth`, help: "One.", labels: ["n"] });
      for (let n = 0; n < 10; n++) gauge.set({ n }, n);
    }
    const many = registry.counter({ name: "many", help: "Many.", labels: ["tenant"] });
    for (let i = 0; i < 5000; i++) many.inc({ tenant: `t${i}` }, i);
    const { page, errors } = await open(
      browser,
      `${await serve(registry, { live: true })}#metrics`,
    );
    const cards = page.getByRole("listitem");
    await cards.first().waitFor();
    const height = await page.evaluate<number>("document.body.scrollHeight");
    expect(height).toBeGreaterThan(20_000);
    expect(await cards.count()).toBeLessThan(40);
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await expect.poll(() => page.getByText("g499_depth").count(), { timeout: 10_000 }).toBe(1);
    expect(await cards.count()).toBeLessThan(40);
    await page.getByRole("searchbox", { name: "Search metrics" }).fill("many");
    await page.getByRole("button", { name: "many_total", exact: true }).click();
    const rows = page.getByRole("dialog").getByRole("row");
    await page.getByText("5,000 series").first().waitFor();
    expect(await rows.first().textContent()).toContain('tenant="t4999"');
    expect(await rows.count()).toBeLessThan(100);
    await page.getByRole("searchbox", { name: "Filter series by label" }).fill("t4321");
    await page.getByText("1 of 5,000 series").waitFor();
    await look(page, "many-series");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("who may read the metrics may look at them", async () => {
    const url = await serve(new Registry(), { live: true, authorize: basic({ ada: "secret" }) });
    const options = { httpCredentials: { username: "ada", password: "secret" } };
    const { page, errors } = await open(browser, url, options);
    await page.getByText("Requests by status").waitFor();
    // The browser says so of the first request, before it sends the password.
    expect(errors.filter((error) => !error.includes("401"))).toEqual([]);
    await page.close();
  });

  test("the name and the password may stand in the URL", async () => {
    const url = await serve(new Registry(), { live: true, authorize: basic({ ada: "secret" }) });
    const page = await browser.newPage();
    await page.goto(url.replace("//", "//ada:secret@"));
    await page.getByText("live", { exact: true }).waitFor();
    await page.close();
  });
});

async function serve(
  registry: Registry,
  options: Partial<Parameters<typeof serveMetrics>[0]>,
): Promise<string> {
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const { signal } = stopping;
  const server = await serveMetrics({ port: 0, registry, signal, ...options });
  return `${addressOf(server)}/metrics`;
}

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
