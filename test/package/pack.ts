import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { repository } from "../../scripts/repository.mjs";
import { run } from "../../scripts/run.mjs";

interface Pack {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs and installs the package before the tests of this folder, as each of them doing so takes ten seconds. */
export default async function setUp(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "narthex-packed-"));
  const packing = await npm(repository, "pack", "--json", `--pack-destination=${folder}`);
  // npm 11 prints an array, npm 12 an object by name.
  const [pack] = Object.values<Pack>(JSON.parse(packing.stdout)) as [Pack];
  const archive = join(folder, pack.filename);
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  await npm(folder, "install", "--offline", "--no-audit", "--no-fund", archive);
  rmSync(archive);
  project.provide("packed", { folder, paths: pack.files.map(({ path }) => path) });
  return () => rmSync(folder, { recursive: true, force: true });
}

function npm(cwd: string, ...args: string[]) {
  return run("npm", args, { cwd, shell: process.platform === "win32" });
}
