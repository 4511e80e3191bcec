import { join } from "node:path";
import { debianPackages } from "../debian-packages.mjs";
import { run } from "../run.mjs";
import { commandsOnPath } from "./commands-on-path.mjs";

/**
 * The folder, for `PYTHONPATH`, with Python's Prometheus client and its strict OpenMetrics parser;
 * undefined if it or `python3` is not available.
 */
export async function findPythonParser() {
  const given = process.env.NARTHEX_PYTHON_PROMETHEUS;
  if (given === "") return undefined;
  if (given !== undefined) {
    if (await hasParser(given)) return given;
    throw new Error(
      `NARTHEX_PYTHON_PROMETHEUS is "${given}", from where python3 imports no parser of prometheus_client: give the folder that has prometheus_client.`,
    );
  }
  for await (const folder of folders()) if (await hasParser(folder)) return folder;
  return undefined;
}

async function* folders() {
  const pythons = commandsOnPath("python3");
  if (pythons.length === 0) return;
  for (const python of pythons) {
    const installed = await run(python, ["-c", printFolder]).catch(() => undefined);
    if (installed !== undefined) yield installed.stdout.trim();
  }
  const unpacked = await debianPackages(["python3-prometheus-client"]);
  if (unpacked !== undefined) yield join(unpacked, "usr/lib/python3/dist-packages");
}

const printFolder =
  "import os, prometheus_client as client; print(os.path.dirname(os.path.dirname(client.__file__)))";

/** @param {string} folder */
const hasParser = (folder) =>
  run("python3", ["-c", "import prometheus_client.openmetrics.parser"], {
    env: { ...process.env, PYTHONPATH: folder },
  }).then(
    () => true,
    () => false,
  );
