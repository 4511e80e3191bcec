import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupFolderRefused, regionInvalid } from "../../errors.ts";
import { nodeModule } from "../../node-module.ts";

/** Where Linux keeps files in memory. */
const SHARED_MEMORY = "/dev/shm";
/** Larger files are none of ours. */
const MAX_BYTES = 2 ** 30;

/** A file with its content. */
export interface ReadFile {
  readonly bytes: Buffer;
  readonly modifiedMs: number;
}

/**
 * The folder in which the processes of a group keep their reports. It belongs to the user alone, and no
 * link leads to it or out of it.
 */
export class GroupFolder {
  readonly path: string;
  readonly #parent: string;
  readonly #isInMemory: boolean;

  private constructor(parent: string, name: string) {
    this.#parent = parent;
    this.path = join(parent, name);
    this.#isInMemory = this.path.startsWith(`${SHARED_MEMORY}/`);
  }

  /** @param directory in which to keep it; by default the memory, or else the folder for temporary files */
  static of(group: string, directory: string = defaultDirectory()): GroupFolder {
    const parent = join(directory, `narthex-${process.getuid?.() ?? "user"}`);
    return new GroupFolder(parent, nameOf(group));
  }

  /** The folders of other groups that processes of this user can see. */
  others(): GroupFolder[] {
    const suffix = `-${spaceName()}`;
    const names = readdirSync(this.#parent, { withFileTypes: true });
    return names
      .filter((entry) => entry.isDirectory() && entry.name.endsWith(suffix))
      .map(({ name }) => new GroupFolder(this.#parent, name))
      .filter(({ path }) => path !== this.path);
  }

  /** When a file was last written, in milliseconds since the epoch; 0 if it is not there. */
  modifiedMs(name: string): number {
    return lstatSync(this.file(name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  /** Makes the folder where it is missing; throws where it can't be used. */
  open(): void {
    for (const path of [this.#parent, this.path]) {
      try {
        mkdirSync(path, { mode: 0o700, recursive: false });
      } catch (error) {
        if (codeOf(error) !== "EEXIST") {
          throw groupFolderRefused(path, `it can't be made (${String(error)})`, error);
        }
      }
      checkPrivate(path);
    }
  }

  list(): string[] {
    try {
      return readdirSync(this.path);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /**
   * Writes a file in the background; at once where files are in memory, as that takes less time than to hand it to
   * another thread.
   */
  async writeLater(name: string, bytes: Uint8Array): Promise<void> {
    const options = { mode: 0o600 };
    if (this.#isInMemory) writeFileSync(this.file(name), bytes, options);
    else await writeFile(this.file(name), bytes, options);
  }

  /**
   * What a file has from one place up to another; undefined if there is no such file.
   *
   * @param allocate gives memory for that many bytes
   * @throws where it is a link, somebody else's, or too short
   */
  read(
    name: string,
    from = 0,
    to?: number,
    allocate: (length: number) => Buffer = Buffer.allocUnsafeSlow,
  ): ReadFile | undefined {
    let file: number;
    try {
      file = openSync(this.file(checkedName(name)), constants.O_RDONLY | NO_FOLLOW);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
    try {
      const { size, mtimeMs, uid } = fstatSync(file);
      if (process.getuid !== undefined && uid !== process.getuid()) {
        throw regionInvalid("its file belongs to another user");
      }
      const end = to ?? size;
      if (end > size || end - from > MAX_BYTES) throw regionInvalid("its file has another size");
      const bytes = allocate(end - from);
      let at = 0;
      while (at < bytes.length) {
        const count = readSync(file, bytes, at, bytes.length - at, from + at);
        if (count === 0) throw regionInvalid("its file is cut off");
        at += count;
      }
      return { bytes, modifiedMs: mtimeMs };
    } finally {
      closeSync(file);
    }
  }

  /** Removes a file, if it is there. */
  remove(name: string): void {
    try {
      unlinkSync(this.file(name));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }

  /** Removes the folder, unless there is something in it. */
  close(): void {
    try {
      rmdirSync(this.path);
    } catch {
      // Another process has begun a group of this name.
    }
  }
}

/** Windows has no such flag, and links only for administrators. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

function defaultDirectory(): string {
  try {
    checkWritable(SHARED_MEMORY);
    return SHARED_MEMORY;
  } catch {
    return tmpdir();
  }
}

function checkWritable(path: string): void {
  closeSync(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
}

/** A name that is a folder's on every system, and another one for each group. */
function nameOf(group: string): string {
  const readable = group.replaceAll(/[^\w.-]/g, "_").slice(0, 40);
  const hash = nodeModule("crypto").createHash("sha256").update(group).digest("hex");
  return `${readable}-${hash.slice(0, 16)}-${spaceName()}`;
}

/** The same for all processes that can see each other. */
function spaceName(): string {
  return nodeModule("crypto").createHash("sha256").update(processSpace()).digest("hex").slice(0, 8);
}

/** Tells containers apart, which do not see each other's processes. */
function processSpace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

function checkPrivate(path: string): void {
  const status = lstatSync(path);
  if (!status.isDirectory()) throw groupFolderRefused(path, "it is no folder, or a link");
  if (process.getuid === undefined) return;
  if (status.uid !== process.getuid()) {
    throw groupFolderRefused(path, "it belongs to another user");
  }
  if ((status.mode & 0o077) !== 0) {
    throw groupFolderRefused(path, "others may read or write in it (its mode must be 0700)");
  }
}

function checkedName(name: string): string {
  if (/^[\w-][\w.-]*$/.test(name)) return name;
  throw regionInvalid("it names a file outside of its folder");
}
