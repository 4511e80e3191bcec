import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** A user's project: a folder whose `node_modules` has the package, and that of some tools. */
export class Project {
  readonly folder: string;
  readonly #tools: string;

  constructor(folder: string, tools: string) {
    this.folder = folder;
    this.#tools = tools;
  }

  /** Installs the package as it was packed, beside the packages of one of the tools' folders. */
  install(narthex: string, packages: string): this {
    const modules = join(this.folder, "node_modules");
    mkdirSync(modules, { recursive: true });
    // Jest and bundlers treat the package by its real path, so it is no link.
    cpSync(narthex, join(modules, "narthex"), { recursive: true });
    const from = join(this.#tools, packages, "node_modules");
    for (const name of readdirSync(from)) {
      if (!name.startsWith(".")) symlinkSync(join(from, name), join(modules, name), "junction");
    }
    return this;
  }

  write(files: Readonly<Record<string, string | object>>): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
    }
  }

  /** A tool's file, such as `tool("jest-29", "jest/bin/jest.js")`. */
  tool(name: string, file: string): string {
    return join(this.#tools, name, "node_modules", file);
  }

  /** Runs a program on a version of Node.js; what it printed is in the error where it fails. */
  async run(node: string, ...args: string[]): Promise<string> {
    const isWindows = process.platform === "win32";
    const command = this.tool("node", `node-${node}/bin/node${isWindows ? ".exe" : ""}`);
    try {
      const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: this.folder });
      return stdout + stderr;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`node ${args.join(" ")}\n${stdout}${stderr}`);
    }
  }
}
