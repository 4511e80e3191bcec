import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { repository } from "../../scripts/repository.mjs";

export const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));

/** The names by which users import the package. */
export const modules = Object.keys(manifest.exports)
  .filter((path) => path !== "./package.json")
  .map((path) => `narthex${path.slice(1)}`);

/** A folder in which the package is installed, as a user gets it. */
export interface Installed {
  readonly folder: string;
  /** The paths of what was packed. */
  readonly packed: readonly string[];
  /** Runs a command in the folder. */
  run(command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }>;
  /** Makes a package of the repository one of the user's. */
  link(...packages: string[]): void;
  remove(): void;
}

/** The package as npm packs and installs it, which is done once for all test files. */
interface Packed {
  /** A folder in which nothing but the package is installed. */
  readonly folder: string;
  readonly paths: readonly string[];
}

declare module "vitest" {
  interface ProvidedContext {
    packed: Packed;
  }
}

/** Makes a folder of its own from what `pack.ts` has installed. */
export function install(): Installed {
  const { folder: original, paths } = inject("packed");
  const folder = mkdtempSync(join(tmpdir(), "narthex-package-"));
  cpSync(original, folder, { recursive: true });
  return {
    folder,
    packed: paths,
    run: (command, ...args) => run(folder, command, ...args),
    link(...packages) {
      for (const name of packages) linkPackage(folder, name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function linkPackage(folder: string, name: string): void {
  const target = join(folder, "node_modules", name);
  rmSync(target, { force: true });
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(repository, "node_modules", name), target, "junction");
}

function run(cwd: string, command: string, ...args: string[]) {
  const env = { ...process.env, NARTHEX_DISABLED: "true" };
  return promisify(execFile)(command, args, { cwd, env, shell: process.platform === "win32" });
}
