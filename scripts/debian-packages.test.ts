import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { debianPackages } from "./debian-packages.mjs";
import { run } from "./run.mjs";

let folder: string;
let cache: string;
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  folder = mkdtempSync(join(tmpdir(), "narthex-debian-packages-"));
  cache = join(folder, "cache/debian");
  vi.stubEnv("NARTHEX_CACHE", join(folder, "cache"));
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  // Slow enough for two calls to overlap.
  command("dpkg", 'sleep 0.3; mkdir -p "$3/usr/bin"; echo unpacked > "$3/usr/bin/tool"');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function command(name: string, script: string) {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

const aptOfAnother = `
case "$*" in
  *indextargets*) echo "Debian http://mirror.example/debian" ;;
  *download*) grep -q "http://mirror.example/debian sid main" ../sources.list && touch tool.deb ;;
esac`;

it("unpacks a suite's packages from the host's mirror", async () => {
  command("apt-get", aptOfAnother);
  const unpacked = await debianPackages(["tool"], "sid");
  expect(unpacked).toBe(join(cache, "sid-tool"));
  expect(existsSync(join(cache, "sid-tool/usr/bin/tool"))).toBe(true);
  expect(readdirSync(cache)).toEqual(["sid-tool"]);
});

it("takes what is in the cache, without apt", async () => {
  command("apt-get", "exit 1");
  mkdirSync(join(cache, "host-tool"), { recursive: true });
  expect(await debianPackages(["tool"])).toBe(join(cache, "host-tool"));
});

it("gives nothing, and leaves nothing, where apt fails", async () => {
  command("apt-get", 'echo "E: Unable to locate package tool"; exit 100');
  expect(await debianPackages(["tool"])).toBeUndefined();
  expect(console.log).toHaveBeenLastCalledWith("E: Unable to locate package tool");
  expect(readdirSync(cache)).toEqual([]);
});

it("may run twice at once", async () => {
  command("apt-get", aptOfAnother);
  const module = JSON.stringify(new URL("./debian-packages.mjs", import.meta.url));
  const program = `const { debianPackages } = await import(${module});
    process.exitCode = (await debianPackages(["tool"], "sid")) === undefined ? 1 : 0;`;
  const twice = [1, 2].map(() => run(process.execPath, ["--input-type=module", "--eval", program]));
  await Promise.all(twice);
  expect(readdirSync(cache)).toEqual(["sid-tool"]);
});
