import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../repository.mjs";
import { run } from "../run.mjs";
import { step } from "../step.mjs";

const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/**
 * A folder with the versions of Node.js, other runtimes, TypeScript, Jest and Nest that the package is tried with,
 * and the newest packages that it is compared with, each in a folder of its own. They are installed once, and again
 * when their versions change.
 */
export async function findPackageTools() {
  const given = process.env.NARTHEX_PACKAGE_TOOLS;
  if (given) return given;
  const list = readFileSync(join(repository, "test/package/tools.json"), "utf8");
  const digest = createHash("sha256").update(list).digest("hex").slice(0, 12);
  const folder = join(repository, ".cache/package-tools", digest);
  if (existsSync(folder)) return folder;
  try {
    await step("Installing the versions of Node.js, TypeScript, Jest and Nest for the tests", () =>
      install(JSON.parse(list), folder),
    );
  } catch {
    return undefined;
  }
  return folder;
}

/**
 * @param {Record<string, Record<string, string>>} tools
 * @param {string} folder
 */
async function install({ node, runtimes, typescript, ...others }, folder) {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const projects = {
    ...others,
    runtimes: runtimePackages(runtimes),
    node: aliases(`node-${platform}-${process.arch}`, node),
    typescript: aliases("typescript", typescript),
  };
  await Promise.all(
    Object.entries(projects).map(async ([name, dependencies]) => {
      const cwd = join(unfinished, name);
      mkdirSync(cwd, { recursive: true });
      // Not every platform has Bun and Deno.
      const key = name === "runtimes" ? "optionalDependencies" : "dependencies";
      writeFileSync(
        join(cwd, "package.json"),
        JSON.stringify({ private: true, [key]: dependencies }),
      );
      await run("npm", ["install", ...quietly], { cwd, shell: process.platform === "win32" });
    }),
  );
  renameSync(unfinished, folder);
}

/**
 * Versions of a package under names of their own, such as `node-20`.
 *
 * @param {string} name
 * @param {Record<string, string>} [versions]
 */
function aliases(name, versions = {}) {
  const [alias] = name.split("-", 1);
  return Object.fromEntries(
    Object.entries(versions).map(([short, version]) => [
      `${alias}-${short}`,
      `npm:${name}@${version}`,
    ]),
  );
}

/**
 * The packages that have the programs of Bun and Deno for this platform; `bun` and `deno` themselves
 * would install them by scripts.
 *
 * @param {Record<string, string>} versions
 */
function runtimePackages({ bun, deno } = {}) {
  const { arch, platform } = process;
  const system = platform === "win32" ? "windows" : platform;
  const libc = platform === "linux" ? "-glibc" : "";
  return {
    [`@oven/bun-${system}-${arch === "arm64" ? "aarch64" : arch}`]: bun,
    [`@deno/${platform}-${arch}${libc}`]: deno,
  };
}
