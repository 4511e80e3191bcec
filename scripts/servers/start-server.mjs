import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const startMs = 60_000;
const stopMs = 30_000;

/**
 * @typedef {object} Server
 * @property {number} pid
 * @property {Promise<string>} ended resolves to how it ended, with the end of its stderr
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop
 */

/**
 * Starts a server and waits until it is ready. If it exits before, the error has the end of its stderr.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {(pid: number) => boolean | Promise<boolean>} isReady
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<Server>}
 */
export async function startServer(command, args, isReady, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], ...options });
  const killIt = () => child.kill("SIGKILL");
  process.once("exit", killIt);

  /** @type {string | undefined} */
  let end;
  const ended = endOf(child, command).then((how) => {
    process.off("exit", killIt);
    end = how;
    return how;
  });

  /** @type {Server["stop"]} */
  const stop = async (signal = "SIGTERM") => {
    child.kill(signal);
    const timer = setTimeout(killIt, stopMs);
    await ended;
    clearTimeout(timer);
  };

  const { pid } = child;
  const deadline = Date.now() + startMs;
  while (pid !== undefined && end === undefined && Date.now() < deadline) {
    if (await isReady(pid)) return { pid, ended, stop };
    await sleep(50);
  }
  if (end !== undefined || pid === undefined) throw new Error(await ended);
  await stop();
  throw new Error(`It was not ready after ${startMs / 1000} s: ${end}`);
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {string} command
 * @returns {Promise<string>}
 */
function endOf(child, command) {
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    lastWords = (lastWords + text).slice(-4_000);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`${command}: ${error.message}`));
    // Not `exit`: child processes may outlive the server and still write to the pipe.
    child.once("close", (code, signal) =>
      resolve(`${command} ended with ${signal ?? `code ${code}`}\n${lastWords}`.trimEnd()),
    );
  });
}

/**
 * Whether a URL answers with a success status.
 *
 * @param {string} url
 */
export async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
