import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, vi } from "vitest";
import { type CodeBlock, codeBlocksOf } from "./code-blocks.ts";
import { fileNameIn, programFolder, writeIn } from "./program.ts";

/** Loaded machines are slow, and only a failure takes all of it. */
const PATIENCE = { timeout: 30_000, interval: 250 };

/** For machines without curl: what the guides use of it. */
const CURL = `#!/usr/bin/env node
const args = process.argv.slice(2);
const method = args[0] === "-X" ? args[1] : "GET";
process.stdout.write(await (await fetch(args.at(-1), { method })).text());
`;

/** What a reader of a page does, block by block, in a folder of his own. */
export class Terminal {
  readonly #folder: string;
  readonly #path: string;
  readonly #edit: (text: string) => string;
  /** The newest loop, which gives Prometheus something to see. */
  #loop: string | undefined;

  private constructor(folder: string, path: string, edit: (text: string) => string) {
    this.#folder = folder;
    this.#path = path;
    this.#edit = edit;
  }

  /**
   * @param programs what the reader has installed
   * @param edit changes what a test can't have as it is, such as ports
   */
  static async open(
    programs: readonly string[],
    edit: (text: string) => string,
  ): Promise<Terminal> {
    const folder = await programFolder();
    await writeIn(folder, "bin/curl", CURL);
    await chmod(join(folder, "bin/curl"), 0o755);
    const path = [...programs.map(dirname), process.env.PATH, join(folder, "bin")].join(delimiter);
    return new Terminal(folder, path, edit);
  }

  /** Writes the files of a page, runs its commands, and compares what they print with what it shows. */
  async follow(page: string): Promise<void> {
    const blocks = codeBlocksOf(page);
    for (const [i, block] of blocks.entries()) {
      const code = this.#edit(block.code);
      const name = fileNameIn(code);
      if (name !== undefined) await writeIn(this.#folder, name, code);
      else if (block.language === "sh") await this.#run(block.place, code, blocks[i + 1]);
    }
  }

  async #run(place: string, command: string, next: CodeBlock | undefined): Promise<void> {
    // A test has no network.
    if (/^(?:mkdir|npm) /.test(command)) return;
    if (/^(?:node|prometheus) /.test(command)) return this.#start(command);
    const shown = next?.language === "text" ? this.#edit(next.code).trimEnd().split("\n") : [];
    const attempt = async () => {
      const printed = (await this.#output(command)).split("\n");
      for (const line of shown) expect(printed, place).toContainEqual(matching(line));
    };
    if (command.startsWith("for ")) this.#loop = command;
    if (!command.startsWith("promtool query")) return attempt();
    // A scrape may be late on a loaded machine, and a rate needs several: so what they see goes on.
    await vi.waitFor(async () => {
      await attempt().catch(async (error) => {
        if (this.#loop !== undefined) await this.#output(this.#loop);
        throw error;
      });
    }, PATIENCE);
  }

  async #output(command: string): Promise<string> {
    const env = { ...process.env, PATH: this.#path };
    const options = { cwd: this.#folder, env };
    return (await promisify(execFile)("sh", ["-c", command], options)).stdout;
  }

  /** Starts a server, and waits until it says that it is ready. */
  async #start(command: string): Promise<void> {
    const { PATH: _, NODE_ENV: __, ...env } = process.env;
    const child = spawn("sh", ["-c", `exec ${command}`], {
      cwd: this.#folder,
      env: { ...env, PATH: this.#path },
    });
    onTestFinished(() => stop(child));
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        said += text;
      });
    }
    await vi.waitFor(() => expect(said).toMatch(/http:\/\/|ready to receive/), PATIENCE);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  await ended;
}

/** Matches a line where `…` in the page stands for anything. */
function matching(line: string): unknown {
  const escaped = line.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return expect.stringMatching(new RegExp(`^\\s*${escaped.join(".*")}$`));
}
