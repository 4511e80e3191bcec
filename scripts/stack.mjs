import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
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

await checkPort(servicePort).catch(fail);
await checkPort(prometheusPort).catch(fail);
await setUp().catch(fail);
if ((await findPrometheus().catch(fail)) === undefined) fail(missing("prometheus"));

const signal = new Promise((resolve) => {
  process.on("SIGINT", () => resolve(undefined)).on("SIGTERM", () => resolve(undefined));
});
const service = await startService().catch(fail);
const prometheus = await startPrometheus({
  configFile: join(repository, "deploy/prometheus.yml"),
  port: prometheusPort,
  dataDir: join(repository, "data/prometheus"),
}).catch((error) => service.stop().then(() => fail(error)));
await printWhereToLook();

const end = await Promise.race([signal, service.ended, prometheus.ended]);
await Promise.all([service.stop(), prometheus.stop()]);
if (end !== undefined) fail(end);
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

async function printWhereToLook() {
  const page = `${prometheus.url}/graph?g0.expr=http_request_count_total`;
  console.log("prometheus listens:");
  // Debian's Prometheus comes without the web UI.
  if (await answers(page)) console.log(`  ${page}`);
  console.log(`  ${prometheus.url}/api/v1/query?query=http_request_count_total`);
}
