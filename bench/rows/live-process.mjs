// What a process does for the rows of the live page.

import { Registry } from "narthex";
import { liveHandler } from "narthex/live";
import { serveMetrics } from "narthex/serve";
import { chromium } from "playwright-core";
import { chromiumEnvironment, findChromium } from "../../scripts/servers/find-chromium.mjs";
import { used } from "./heap.mjs";
import { durations } from "./inputs.mjs";

/** @import { AddressInfo } from "node:net" */

/**
 * A registry whose series are observed by each call of `observe`.
 *
 * @param {number} families
 * @param {number} seriesOfEach
 * @param {number} [times] how often each is observed
 */
function registryOf(families, seriesOfEach, times = 1) {
  const registry = new Registry();
  const series = Array.from({ length: families }, (_, family) => {
    const name = `family${family}_seconds`;
    const histogram = registry.histogram({ name, help: "One.", labels: ["n"], native: true });
    return Array.from({ length: seriesOfEach }, (_, n) => histogram.labels({ n }));
  }).flat();
  let at = 0;
  const observe = () => {
    for (const one of series) {
      for (let i = 0; i < times; i += 1) one.observe(durations[at++ % durations.length] ?? 1);
    }
  };
  return { registry, observe };
}

/**
 * The bytes that a history takes once it is full, where each of its rows has many buckets.
 *
 * @param {number} families
 * @param {number} samples
 */
export async function bytesOfHistory(families, samples) {
  const { registry, observe } = registryOf(families, 1, 100);
  // By then, the histograms themselves have all of their buckets.
  for (let i = 0; i < samples; i += 1) observe();
  const before = used();
  const live = await openLive(registry, samples);
  for (let i = 0; i < samples; i += 1) {
    observe();
    await live.sample();
  }
  const bytes = used() - before;
  // The page is there until here.
  await live.sample();
  return bytes;
}

/**
 * The milliseconds of CPU time that a sample takes.
 *
 * @param {number} families
 * @param {number} seriesOfEach
 * @param {number} samples
 */
export async function timeSample(families, seriesOfEach, samples) {
  const { registry, observe } = registryOf(families, seriesOfEach);
  const live = await openLive(registry, samples);
  let micros = 0;
  for (let i = 0; i < samples; i += 1) {
    observe();
    const start = process.cpuUsage();
    await live.sample();
    const { user, system } = process.cpuUsage(start);
    micros += user + system;
  }
  return micros / 1000 / samples;
}

/**
 * The page of a registry, which takes a sample whenever it is told to, instead of each second.
 *
 * @param {Registry} registry
 * @param {number} historySeconds
 */
async function openLive(registry, historySeconds) {
  const { setInterval } = globalThis;
  /** @type {(() => void) | undefined} */
  let tick;
  globalThis.setInterval = /** @type {typeof setInterval} */ (
    (/** @type {() => void} */ callback) => {
      tick = callback;
      return { unref() {} };
    }
  );
  const live = liveHandler({ registry, historySeconds });
  const headers = { accept: "application/vnd.narthex.live+json" };
  await live(new Request("http://localhost/?live=index", { headers }));
  globalThis.setInterval = setInterval;
  return {
    async sample() {
      if (tick === undefined) throw new Error("the live page has no timer");
      tick();
      // A sample lets others run in between: it has ended when the event loop has nothing to do.
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    },
    live,
  };
}

/**
 * The frames a second that Chromium draws while somebody scrolls through the metrics; undefined where there
 * is no Chromium.
 *
 * @param {number} families
 * @param {number} seriesOfEach
 * @param {number} drawnMs
 */
export async function framesASecond(families, seriesOfEach, drawnMs) {
  const executablePath = await findChromium();
  if (executablePath === undefined) return undefined;
  const { registry, observe } = registryOf(families, seriesOfEach);
  const load = setInterval(observe, 250);
  const server = await serveMetrics({ port: 0, registry, live: true });
  const { port } = /** @type {AddressInfo} */ (server.address());
  const env = chromiumEnvironment(executablePath);
  const browser = await chromium.launch({ executablePath, env, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`http://127.0.0.1:${port}/metrics#metrics`);
    await page.getByRole("listitem").first().waitFor();
    return await page.evaluate(`new Promise((resolve) => {
      const { scrollHeight } = document.body;
      const start = performance.now();
      let frames = 0;
      const draw = (now) => {
        frames += 1;
        const share = (now - start) / ${drawnMs};
        if (share >= 1) return resolve((1000 * frames) / (now - start));
        scrollTo(0, share * scrollHeight);
        requestAnimationFrame(draw);
      };
      requestAnimationFrame(draw);
    })`);
  } finally {
    await browser.close();
    server.close();
    clearInterval(load);
  }
}
