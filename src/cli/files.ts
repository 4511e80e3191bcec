import { readFile, writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { CommandError } from "./command.ts";

let isInputRead = false;

/**
 * Reads a file, or the standard input for `-`.
 *
 * @param wayOut a sentence for whoever has named a file that can't be read
 */
export async function readBytes(path: string, wayOut = ""): Promise<Uint8Array> {
  if (path === "-") return readInput();
  try {
    return await readFile(path);
  } catch (error) {
    throw failed(path, error as NodeJS.ErrnoException, wayOut);
  }
}

/** Reads a file of text, or the standard input for `-`. */
export async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path));
}

export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw failed(path, error as NodeJS.ErrnoException);
  }
}

/** The standard input ends, so a command that reads it twice would find nothing the second time. */
async function readInput(): Promise<Uint8Array> {
  if (isInputRead) {
    throw new CommandError("- is the standard input, which can be read only once: name a file.");
  }
  isInputRead = true;
  return buffer(process.stdin);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
};

function failed(path: string, { code = "", message }: NodeJS.ErrnoException, wayOut = "") {
  return new CommandError(`${path}: ${REASONS[code] ?? message}. ${wayOut}`.trimEnd());
}
