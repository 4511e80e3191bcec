import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../repository.mjs";
import { run } from "../run.mjs";
import { step } from "../step.mjs";

const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** What takes the place of the packages that have these names. */
const standIns = {
  "prom-client": "narthex-prom-client",
  "@platformatic/prom-client": "narthex-prom-client",
  "@prometheus-io/client": "narthex-prometheus-io-client",
};

/**
 * A folder with packages of others that measure by prom-client or by its successor, once with these (`original/`) and
 * once with what npm's overrides would install in their place (`overridden/`). They are installed once, and again when
 * their versions change.
 */
export async function findEcosystem() {
  const given = process.env.NARTHEX_ECOSYSTEM;
  if (given) return given;
  const list = readFileSync(join(repository, "test/ecosystem/packages.json"), "utf8");
  const digest = createHash("sha256").update(list).digest("hex").slice(0, 12);
  const folder = join(repository, ".cache/ecosystem", digest);
  if (existsSync(folder)) return folder;
  try {
    await step("Installing packages that use prom-client, for the tests", () =>
      install(JSON.parse(list), folder),
    );
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    return undefined;
  }
  return folder;
}

/**
 * @param {Record<string, Record<string, string>>} projects
 * @param {string} folder
 */
async function install(projects, folder) {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  await Promise.all(
    Object.entries(projects).map(async ([client, dependencies]) => {
      const cwd = join(unfinished, "original", client);
      mkdirSync(cwd, { recursive: true });
      // One of them shows the name and version of the application; another one depends on prom-client 12.
      const application = { name: "shop", version: "1.0.0", private: true };
      const overrides = { [client]: `$${client}` };
      writeFileSync(
        join(cwd, "package.json"),
        JSON.stringify({ ...application, dependencies, overrides }),
      );
      await run("npm", ["install", ...quietly, "--legacy-peer-deps"], {
        cwd,
        shell: process.platform === "win32",
      });
    }),
  );
  cpSync(join(unfinished, "original"), join(unfinished, "overridden"), { recursive: true });
  for (const client of Object.keys(projects)) {
    for (const [name, standIn] of Object.entries(standIns)) {
      const installed = join(unfinished, "overridden", client, "node_modules", name);
      if (!existsSync(installed)) continue;
      rmSync(installed, { recursive: true });
      mkdirSync(dirname(installed), { recursive: true });
      symlinkSync(join(repository, "packages", standIn), installed, "junction");
    }
  }
  renameSync(unfinished, folder);
}
