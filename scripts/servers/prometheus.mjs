import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPrometheus } from "./find-prometheus.mjs";
import { freePort } from "./free-port.mjs";
import { answers, startServer } from "./start-server.mjs";

/**
 * Starts Prometheus on 127.0.0.1 and waits until it is ready.
 *
 * @param {object} options
 * @param {string} options.configFile
 * @param {number} [options.port] default: a free port
 * @param {readonly string[]} [options.args] additional flags
 * @param {string} [options.dataDir] default: a temporary folder, which `stop` removes
 */
export async function startPrometheus({ configFile, port, args = [], dataDir }) {
  const command = await findPrometheus();
  if (command === undefined) throw new Error("Prometheus is not available here.");
  const data = dataDir ?? (await mkdtemp(join(tmpdir(), "narthex-prometheus-")));
  const address = `127.0.0.1:${port ?? (await freePort())}`;
  const url = `http://${address}`;
  const cleanUp = async () => {
    if (dataDir === undefined) await rm(data, { recursive: true, force: true });
  };
  try {
    const server = await startServer(
      command,
      [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=${address}`,
        ...args,
      ],
      () => answers(`${url}/-/ready`),
    );
    return { ...server, url, stop: () => server.stop().then(cleanUp) };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}
