import { join } from "node:path";
import { build } from "esbuild";
import { repository } from "../scripts/repository.mjs";

/** Bundles the command `narthex` into a file of this folder. */
export async function buildCommand(folder: string): Promise<string> {
  const outfile = join(folder, "narthex.mjs");
  await build({
    entryPoints: [join(repository, "src/cli/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    alias: { yaml: join(repository, "node_modules/yaml/browser/index.js") },
  });
  return outfile;
}
