import { expect, test } from "vitest";
import { body, counted, pause, Service, scrapedDuring, started, type Worker } from "./service.ts";

async function endWorkers(
  service: Service,
  { signal, ms }: { readonly signal: "SIGKILL" | "SIGTERM"; readonly ms: number },
  replace: (worker: Worker) => void = () => {},
): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(500)) {
    const worker = service.anyWorker();
    if (worker === undefined || service.workers.size < 2) continue;
    service.end(worker, signal);
    replace(worker);
  }
}

test("no total of a cluster falls while its workers are killed and replaced, and little is lost", async () => {
  const service = new Service();
  service.start({ WORKERS: "4" });
  await started(service, 4);
  const loads = Array.from({ length: 4 }, () => service.load());
  const scrapes = await scrapedDuring(
    service,
    endWorkers(service, { signal: "SIGKILL", ms: 15_000 }),
  );
  service.stop();
  await Promise.all(loads);
  const { answers, losable, failed } = service;
  const total = await counted(service);
  expect(scrapes).toBeGreaterThan(5);
  expect(total).toBeGreaterThanOrEqual(answers.length - losable);
  expect(total).toBeLessThanOrEqual(answers.length + failed);
});

test("nothing is lost where the workers of a cluster end by themselves", async () => {
  const service = new Service();
  service.start({ WORKERS: "3" });
  await started(service, 3);
  const loads = Array.from({ length: 3 }, () => service.load());
  await scrapedDuring(service, endWorkers(service, { signal: "SIGTERM", ms: 4000 }));
  service.stop();
  await Promise.all(loads);
  const { answers, failed } = service;
  const total = await counted(service);
  expect(total).toBeGreaterThanOrEqual(answers.length);
  expect(total).toBeLessThanOrEqual(answers.length + failed);
});

test("processes that were forked are a group by the name that they share", async () => {
  const service = new Service();
  const env = { NARTHEX_GROUP: `forked-${process.pid}` };
  for (let i = 0; i < 3; i += 1) service.start(env);
  await started(service, 3);
  const loads = Array.from({ length: 3 }, () => service.load());
  const kills = endWorkers(service, { signal: "SIGKILL", ms: 3000 }, () => service.start(env));
  await scrapedDuring(service, kills);
  service.stop();
  await Promise.all(loads);
  const { answers, losable, failed } = service;
  const total = await counted(service);
  expect(total).toBeGreaterThanOrEqual(answers.length - losable);
  expect(total).toBeLessThanOrEqual(answers.length + failed);
});

test("a member whose event loop is blocked does not delay the pages of others", async () => {
  const service = new Service();
  const env = { NARTHEX_GROUP: `blocked-${process.pid}` };
  for (let i = 0; i < 3; i += 1) service.start(env);
  await started(service, 3);
  const [blocked, other] = [...service.workers.values()] as [Worker, Worker];
  await body(blocked.port, "/");
  await pause(500);
  const times = async () => {
    const begun = performance.now();
    for (let i = 0; i < 20; i += 1) {
      const page = await body(other.port, "/metrics");
      expect(page).toContain("work_total 1");
      expect(page).toContain("narthex_members 3");
    }
    return performance.now() - begun;
  };
  await times();
  const free = await times();
  await body(blocked.port, "/block");
  const whileBlocked = await times();
  // It blocks for 5 seconds, so whoever waits for it shows.
  expect(whileBlocked).toBeLessThan(free + 2500);
});
