import { machine } from "../machine.mjs";
import { versionOf } from "../peers/peers.mjs";
import { TaskProcess } from "../task-process.mjs";
import { findCores } from "./cores.mjs";
import { FRAMEWORKS, loadFramework } from "./frameworks.mjs";
import { httpTable } from "./http-table.mjs";
import { frameworkRows } from "./rows.mjs";
import { full, quick } from "./scale.mjs";
import { writeHttpResults } from "./write-http-results.mjs";

const files = {
  json: new URL("../results/http.json", import.meta.url),
  page: new URL("../../docs/benchmarks.md", import.meta.url),
};

/**
 * Measures what it costs to measure requests, on every framework, here and in other packages; the
 * quick form only shows that all of it works and counts: it judges nothing else, and writes nothing.
 *
 * @param {{ isQuick: boolean }} options
 */
export async function benchHttp({ isQuick }) {
  const cores = await findCores();
  console.log(cores.text);
  const client = await TaskProcess.start(new URL("client.mjs", import.meta.url), [], {
    under: cores.client,
  });
  const measuring = { scale: isQuick ? quick : full, cores, client };
  const measured = [];
  for (const framework of FRAMEWORKS) {
    console.log(`Measuring ${framework} …`);
    measured.push(...(await frameworkRows(framework, measuring)));
  }
  await client.stop();

  const rows = isQuick ? measured.map((row) => ({ ...row, targets: [] })) : measured;
  console.log(httpTable(rows));
  if (isQuick) return;
  const run = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    node: process.versions.node,
    cores: cores.text,
    packages: await packages(),
    rows,
  };
  await writeHttpResults(run, files);
}

/** All that takes part, with its version. */
async function packages() {
  const all = await Promise.all(FRAMEWORKS.map(loadFramework));
  const names = ["narthex", ...all.flatMap((framework) => framework.packages)];
  return names.map((name) => ({ name, version: versionOf(name) }));
}
