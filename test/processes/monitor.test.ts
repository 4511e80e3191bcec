import { expect, test } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { parseTextPage } from "../text-page.ts";
import { body, Service, started } from "./service.ts";

const patient = { timeout: 30_000 };

test.each(["express", "fastify"])(
  "the port of monitor, of %s, shows the whole cluster, also when the worker that has it is killed",
  async (framework) => {
    const port = await freePort();
    const service = new Service("monitored.mjs");
    service.start({ FRAMEWORK: framework, METRICS_PORT: String(port) });
    await started(service, 2);
    const first = [...service.workers.values()];
    for (const worker of first) {
      for (let i = 0; i < 5; i += 1) await body(worker.port, `/items/${i}`);
    }
    const shown = async () => {
      const { families, value } = parseTextPage(await body(port, "/metrics"));
      const requests = families.get("http_requests_total")?.samples ?? [];
      const sum = requests.reduce((total, { value }) => total + value, 0);
      return [sum, value("narthex_members")];
    };
    await expect.poll(() => shown().catch(() => []), patient).toEqual([10, 2]);
    for (const [i, worker] of first.entries()) {
      service.end(worker, "SIGKILL");
      await expect.poll(() => service.workers.size, patient).toBe(2);
      // The next one has taken the port by then, or takes it a moment later.
      await expect.poll(() => shown().catch(() => []), patient).toEqual([10 + i, 2]);
      await body(service.anyWorker()!.port, "/items/next");
      // By then, it has been reported.
      await expect.poll(() => shown().catch(() => []), patient).toEqual([11 + i, 2]);
    }
  },
);
