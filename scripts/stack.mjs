import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fail } from "./fail.mjs";
import { repository } from "./repository.mjs";
import { findPrometheus } from "./servers/find-prometheus.mjs";
import { missing } from "./servers/known-servers.mjs";
import { startPrometheus } from "./servers/prometheus.mjs";
import { answers, startServer } from "./servers/start-server.mjs";
import { setUp } from "./set-up.mjs";

// deploy/prometheus.yml contains both ports.
const servicePort = 5000;
const prometheusPort = 9090;
/** How long to wait for the first scrape: longer than the interval in that file. */
const FIRST_SCRAPE_MS = 15_000;
const QUERY = "http_request_count_total";

await checkPort(servicePort).catch(fail);
await checkPort(prometheusPort).catch(fail);
await setUp().catch(fail);
if ((await findPrometheus().catch(fail)) === undefined) fail(missing("prometheus"));

/** @type {Promise<undefined>} */
const signal = new Promise((resolve) => {
  // npm forwards the Ctrl-C that the terminal has already sent.
  let isStopping = false;
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.on(name, () => {
      if (!isStopping) console.log(`stack: ${name}: stopping the service and Prometheus …`);
      isStopping = true;
      resolve(undefined);
    });
  }
});
const service = await startService().catch(fail);
const prometheus = await startPrometheus({
  configFile: join(repository, "deploy/prometheus.yml"),
  port: prometheusPort,
  dataDir: join(repository, "data/prometheus"),
}).catch((error) => service.stop().then(() => fail(error)));

const ending = Promise.race([signal, service.ended, prometheus.ended]);
await Promise.race([ending, printWhereToLook()]);
const end = await ending;
await Promise.all([service.stop(), prometheus.stop()]);
if (end !== undefined) fail(end);
console.log("stack: both have stopped. What they stored is in data/.");
process.exit();

/** @param {number} port */
async function checkPort(port) {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening").catch((error) => {
    throw new Error(
      `Port ${port} cannot be used (${error.code}). The stack needs ${servicePort} and ${prometheusPort}, which deploy/prometheus.yml names: stop what listens there.`,
    );
  });
  server.close();
  await once(server, "close");
}

function startService() {
  return startServer(
    process.execPath,
    [join(repository, "articles/dist/main.js")],
    () => answers(`http://127.0.0.1:${servicePort}/readyz`),
    {
      cwd: repository,
      env: { ...process.env, PORT: String(servicePort) },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
}

/** Waits until the links lead to something: before its first scrape, Prometheus knows no metric. */
async function printWhereToLook() {
  console.log("Waiting for Prometheus's first scrape of the service …");
  const isScraped = await firstScrape();
  const page = `${prometheus.url}/graph?g0.expr=${QUERY}`;
  console.log("the service listens:");
  console.log(`  http://127.0.0.1:${servicePort}/`);
  console.log(`  http://127.0.0.1:${servicePort}/metrics (a browser gets its metrics, live)`);
  console.log("prometheus listens:");
  // Debian's Prometheus comes without the web UI.
  const hasPages = await answers(page);
  if (hasPages) console.log(`  ${page}`);
  console.log(`  ${prometheus.url}/api/v1/query?query=${QUERY}`);
  const { recording, alerting } = await countRules();
  const where = hasPages ? "alerts" : "api/v1/rules";
  console.log(`  ${prometheus.url}/${where}`);
  console.log(
    `  It has loaded deploy/rules.yml: ${recording} recording rules and ${alerting} alerts.`,
  );
  if (!hasPages) console.log("  (This Prometheus was built without pages for a browser.)");
  if (!isScraped) {
    console.log(`It has not scraped the service yet. Why: ${prometheus.url}/api/v1/targets`);
  }
  console.log("Ctrl-C stops both.");
}

/** How many rules of each type Prometheus has loaded. */
async function countRules() {
  const response = await fetch(`${prometheus.url}/api/v1/rules`);
  const { data } =
    /** @type {{ data: { groups: { rules: { type: "recording" | "alerting" }[] }[] } }} */ (
      await response.json()
    );
  const types = data.groups.flatMap(({ rules }) => rules.map(({ type }) => type));
  const alerting = types.filter((type) => type === "alerting").length;
  return { recording: types.length - alerting, alerting };
}

/** Whether a scrape came in time. */
async function firstScrape() {
  const deadline = performance.now() + FIRST_SCRAPE_MS;
  while (performance.now() < deadline) {
    if (await isKnown()) return true;
    await sleep(200);
  }
  return false;
}

/** Whether Prometheus answers the query with any series. */
async function isKnown() {
  try {
    const response = await fetch(`${prometheus.url}/api/v1/query?query=${QUERY}`);
    const { data } = /** @type {{ data: { result: unknown[] } }} */ (await response.json());
    return data.result.length > 0;
  } catch {
    return false; // It may just end, which ends the stack.
  }
}
