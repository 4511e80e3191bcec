import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { repository } from "./repository.mjs";
import { run } from "./run.mjs";
import { commandsOnPath } from "./servers/commands-on-path.mjs";
import { nobody } from "./servers/nobody.mjs";
import { step } from "./step.mjs";

/** @type {Map<string, Promise<string | undefined>>} */
const unpacked = new Map();

/**
 * Unpacks packages of Debian or Ubuntu into the cache, without root and without installing them.
 * With a suite (such as "sid"), it unpacks these packages alone; otherwise those of the host's
 * release, and every dependency that the host lacks.
 *
 * @param {readonly string[]} packages
 * @param {string} [suite]
 * @returns {Promise<string | undefined>} the folder that takes the place of `/`, or undefined if the
 *   packages are not available
 */
export async function debianPackages(packages, suite) {
  const folder = join(cacheFolder(), "debian", [suite ?? "host", ...packages].join("-"));
  if (existsSync(folder)) return folder;
  if (commandsOnPath("apt-get").length === 0) return undefined;
  const attempt = unpacked.get(folder) ?? unpack(packages, suite, folder);
  unpacked.set(folder, attempt);
  return attempt;
}

/**
 * @param {readonly string[]} packages
 * @param {string | undefined} suite
 * @param {string} folder
 */
async function unpack(packages, suite, folder) {
  const wanted = `${packages.join(" and ")} (${suite ?? "the host's release"})`;
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  try {
    const root = join(work, "root");
    await step(`Unpacking the distribution's packages: ${wanted}`, async (show) => {
      show("apt-get downloads them");
      for (const file of await download(packages, suite, work)) {
        show(basename(file));
        await run("dpkg", ["-x", file, root]);
      }
    });
    // If two processes unpack at once, the second uses the folder of the first.
    await rename(root, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } catch (error) {
    console.log(reason(error));
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The folder in NARTHEX_CACHE, or `.cache` in the repository. */
export function cacheFolder() {
  if (process.env.NARTHEX_CACHE) return resolve(process.env.NARTHEX_CACHE);
  // `nobody` can't run commands in a folder that only root may enter, such as root's home.
  const hidden = nobody && spawnSync("test", ["-x", repository], nobody).status !== 0;
  return hidden ? "/var/cache/narthex" : join(repository, ".cache");
}

/**
 * @param {readonly string[]} packages
 * @param {string | undefined} suite
 * @param {string} work
 * @returns {Promise<string[]>} the package files
 */
async function download(packages, suite, work) {
  const archives = join(work, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  await mkdir(join(work, "lists/partial"), { recursive: true });
  const settings = join(work, "apt.conf");
  await writeFile(settings, aptSettings(work));
  /** @param {readonly string[]} args */
  const apt = (...args) => run("apt-get", ["-c", settings, ...args], { cwd: archives });

  // A failure may concern a source that we don't need; if not, the next step fails.
  await apt("update").catch((error) => console.log(reason(error)));
  if (suite === undefined) {
    await apt("install", "--download-only", "--yes", ...packages);
  } else {
    const list = join(work, "sources.list");
    const { stdout: targets } = await apt("indextargets", ...mirrors);
    await writeFile(list, source(targets, suite));
    const alone = ["-o", `Dir::Etc::SourceList=${list}`, "-o", "Dir::Etc::SourceParts=/dev/null"];
    await apt(...alone, "update");
    await apt(...alone, "download", ...packages);
  }
  const files = await readdir(archives);
  return files.filter((file) => file.endsWith(".deb")).map((file) => join(archives, file));
}

/**
 * Settings that keep apt's state in our own folder, so that it needs neither root nor locks.
 *
 * @param {string} work
 */
const aptSettings = (work) => `
Dir::State::Lists "${work}/lists";
Dir::Cache "${work}";
Dir::Cache::Archives "${work}/archives";
Debug::NoLocking "true";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::http::Timeout "15";
Acquire::https::Timeout "15";
#clear APT::Update;
`;

const mirrors = ["--format", "$(LABEL) $(SITE)", "Created-By: Packages"];

/**
 * The sources.list line of another suite, on the mirror that the host uses.
 *
 * @param {string} targets what apt prints for `mirrors`
 * @param {string} suite
 */
function source(targets, suite) {
  const [, label = "", site] = /^(Debian|Ubuntu) (\S+)$/m.exec(targets) ?? [];
  if (site === undefined) throw new Error("apt knows no mirror of Debian or Ubuntu");
  const keyring = `/usr/share/keyrings/${label.toLowerCase()}-archive-keyring.gpg`;
  const signedBy = existsSync(keyring) ? ` [signed-by=${keyring}]` : "";
  return `deb${signedBy} ${site} ${suite} main\n`;
}

/**
 * The error line in the output of apt.
 *
 * @param {unknown} error
 */
function reason(error) {
  const message = error instanceof Error ? error.message : String(error);
  return /^E: .*/m.exec(message)?.[0] ?? message;
}
