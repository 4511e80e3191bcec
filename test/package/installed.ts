import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
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
  readonly packedBytes: number;
  /** Runs a command in the folder. */
  run(command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }>;
  /** Makes a package of the repository one of the user's. */
  link(...packages: string[]): void;
  remove(): void;
}

interface Pack {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

export async function install(): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), "narthex-package-"));
  const packing = await run(repository, "npm", "pack", "--json", `--pack-destination=${folder}`);
  // npm 11 prints an array, npm 12 an object by name.
  const [pack] = Object.values<Pack>(JSON.parse(packing.stdout)) as [Pack];
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const quietly = ["--offline", "--no-audit", "--no-fund"];
  await run(folder, "npm", "install", ...quietly, `./${pack.filename}`);
  return {
    folder,
    packed: pack.files.map(({ path }) => path),
    packedBytes: pack.size,
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
