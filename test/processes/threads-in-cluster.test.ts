import { expect, test } from "vitest";
import { body, pause, Service, scrapedDuring, started, totals, type Worker } from "./service.ts";

const WORKERS = 2;

async function loaded(signal: "SIGKILL" | "SIGTERM", ms: number): Promise<Service> {
  const service = new Service("threaded-service.mjs");
  service.start({ WORKERS: String(WORKERS) });
  await started(service, WORKERS);
  const loads = Array.from({ length: WORKERS }, () => service.load());
  const endWorkers = async () => {
    for (const end = Date.now() + ms; Date.now() < end; await pause(500)) {
      if (service.workers.size === WORKERS) service.end(service.anyWorker()!, signal);
    }
  };
  const scrapes = await scrapedDuring(service, endWorkers());
  expect(scrapes).toBeGreaterThan(1);
  service.stop();
  await Promise.all(loads);
  await started(service, WORKERS);
  return service;
}

/** What a page says of the work, once all members have reported. */
async function workOf(service: Service): Promise<(by: string) => number> {
  await pause(1000);
  const { pages } = service.anyWorker() as Required<Worker>;
  const [ofProcess, ofThread] = await Promise.all(
    pages.map(async (port) => totals(await body(port, "/metrics"))),
  );
  const work = (by: string) => `work_total{by="${by}"}`;
  for (const by of ["process", "thread"]) {
    expect(ofThread!.get(work(by)), by).toBe(ofProcess!.get(work(by)));
  }
  return (by) => ofThread!.get(work(by)) ?? 0;
}

test("no total falls while processes with threads are killed and threads are ended, whichever of them is asked", async () => {
  const service = await loaded("SIGKILL", 5000);
  const work = await workOf(service);
  const { answers, losable, failed } = service;
  for (const by of ["process", "thread"]) {
    expect(work(by)).toBeGreaterThanOrEqual(answers.length - losable);
    expect(work(by)).toBeLessThanOrEqual(answers.length + failed);
  }
});

test("nothing is lost where processes with threads end by themselves, also of threads that were terminated", async () => {
  const service = await loaded("SIGTERM", 4000);
  const { answers, failed } = service;
  const endless = async () => (await workOf(service))("endless");
  await expect.poll(endless, { timeout: 30_000 }).toBeGreaterThan(0);
  const work = await workOf(service);
  for (const by of ["process", "thread"]) {
    expect(work(by)).toBeGreaterThanOrEqual(answers.length);
    expect(work(by)).toBeLessThanOrEqual(answers.length + failed);
  }
  for (const worker of [...service.workers.values()]) {
    if (service.workers.size > 1) service.end(worker, "SIGTERM");
  }
  const { ended } = service;
  await expect.poll(() => ended.length).toBeGreaterThan(1);
  const done = ended.reduce((sum, one) => sum + one.done, 0);
  expect(await endless()).toBeGreaterThanOrEqual(done);
});
