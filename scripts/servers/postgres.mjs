import { readFileSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../run.mjs";
import { asServer, findPostgres } from "./find-postgres.mjs";
import { freePort } from "./free-port.mjs";
import { nobody } from "./nobody.mjs";
import { startServer } from "./start-server.mjs";

/** Starts a temporary PostgreSQL on 127.0.0.1, with an empty database `articles`. */
export async function startPostgres() {
  const folder = await findPostgres();
  if (folder === undefined) throw new Error("PostgreSQL is not available here.");
  const data = await mkdtemp(join(tmpdir(), "narthex-postgres-"));
  const port = await freePort();
  const start = () => startIn(folder, data, port);
  let server = await prepare(folder, data)
    .then(start)
    .catch(async (error) => {
      await rm(data, { recursive: true, force: true });
      throw error;
    });

  return {
    url: `postgres://articles@127.0.0.1:${port}/articles`,

    /** Simulates a crash: all processes end at once, without cleaning up. */
    async kill() {
      // Stopped first, so that it neither starts another process nor tells one to end.
      process.kill(server.pid, "SIGSTOP");
      for (const pid of [...children(server.pid), server.pid]) process.kill(pid, "SIGKILL");
      await server.ended;
    },

    /** Starts the server again after `kill`, with the same data and port. */
    async restart() {
      server = await start();
    },

    async stop() {
      // SIGTERM would wait for the clients to disconnect.
      await server.stop("SIGINT");
      await rm(data, { recursive: true, force: true });
    },
  };
}

/**
 * @param {string} folder
 * @param {string} data
 */
async function prepare(folder, data) {
  const options = { ...asServer(folder), cwd: data };
  if (nobody) await chown(data, nobody.uid, nobody.gid);
  // There is no data to lose yet, so there is no need to wait for the disk.
  const initdb = ["--no-sync", "--username=articles", "--auth=trust", "--encoding=UTF8"];
  await run(join(folder, "initdb"), [...initdb, "--locale=C", "--pgdata", data], options);
  const input = "CREATE DATABASE articles\n";
  const alone = ["--single", "-F", "-D", data, "postgres"];
  await run(join(folder, "postgres"), alone, { ...options, input });
}

/**
 * @param {string} folder
 * @param {string} data
 * @param {number} port
 */
const startIn = (folder, data, port) =>
  startServer(
    join(folder, "postgres"),
    ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", ""],
    (pid) => isReady(data, pid),
    { ...asServer(folder), cwd: data },
  );

/**
 * PostgreSQL writes its pid and state to a file. A killed server leaves it behind, so the pid must match.
 *
 * @param {string} data
 * @param {number} pid
 */
function isReady(data, pid) {
  const lines = textOf(join(data, "postmaster.pid")).split("\n");
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}

/**
 * If the system does not list them, they end by themselves once their parent is gone.
 *
 * @param {number} pid
 */
function children(pid) {
  return textOf(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/**
 * A file's text, or none where there is no such file. The server may delete it at any time, so it is not asked
 * for before.
 *
 * @param {string} file
 */
function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (Object(error).code === "ENOENT") return "";
    throw error;
  }
}
