import { execFile } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * Runs a command without showing its output. If it fails, the error contains the output.
 *
 * @typedef {object} RunOptions
 * @property {string} [input]
 * @property {(line: string) => void} [onLine] called with each line that the command prints on stderr
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").ExecFileOptions & RunOptions} [options]
 */
export async function run(command, args, { input = "", onLine, ...options } = {}) {
  const running = execute(command, args, {
    maxBuffer: Number.POSITIVE_INFINITY,
    ...options,
    encoding: "utf8",
  });
  // The command may exit without reading its input.
  running.child.stdin?.on("error", () => {}).end(input);
  const { stderr } = running.child;
  if (onLine && stderr) createInterface(stderr).on("line", onLine);
  try {
    return await running;
  } catch (error) {
    const {
      message,
      stdout = "",
      stderr = "",
    } = /** @type {import("node:child_process").ExecFileException} */ (error);
    const printed = stdout + stderr || message;
    throw new Error(`${[command, ...args].join(" ")} failed:\n${printed}`.trimEnd());
  }
}
