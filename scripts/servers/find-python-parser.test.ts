import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { findPythonParser } from "./find-python-parser.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "narthex-find-python-parser-"));
  vi.stubEnv("NARTHEX_PYTHON_PROMETHEUS", undefined);
  vi.stubEnv("NARTHEX_CACHE", join(folder, "cache"));
  // Without apt-get as well.
  vi.stubEnv("PATH", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A fake python3 with the client installed in `installed`, which imports the parser only from `good`. */
function fakePython(installed: string | undefined, good = installed) {
  const file = join(folder, "python3");
  const script = `#!/bin/sh
    case "$2" in
      *print*) ${installed === undefined ? "exit 1" : `echo "${installed}"`} ;;
      *) test "$PYTHONPATH" = "${good}" ;;
    esac\n`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

it("takes the environment's word", async () => {
  fakePython(undefined, "/given");
  vi.stubEnv("NARTHEX_PYTHON_PROMETHEUS", "/given");
  expect(await findPythonParser()).toBe("/given");
  vi.stubEnv("NARTHEX_PYTHON_PROMETHEUS", "");
  expect(await findPythonParser()).toBeUndefined();
});

it("refuses a folder in the environment without the parser", async () => {
  fakePython("/installed");
  vi.stubEnv("NARTHEX_PYTHON_PROMETHEUS", "/no/such/folder");
  await expect(findPythonParser()).rejects.toThrow(
    'NARTHEX_PYTHON_PROMETHEUS is "/no/such/folder", from where python3 imports no parser',
  );
});

it("takes what python3 has installed", async () => {
  fakePython("/installed");
  expect(await findPythonParser()).toBe("/installed");
});

it("else takes what is unpacked in the cache", async () => {
  const root = join(folder, "cache/debian/host-python3-prometheus-client");
  mkdirSync(root, { recursive: true });
  const unpacked = join(root, "usr/lib/python3/dist-packages");
  fakePython(undefined, unpacked);
  expect(await findPythonParser()).toBe(unpacked);
  // An installed client may be too old to have the parser.
  fakePython("/installed", unpacked);
  expect(await findPythonParser()).toBe(unpacked);
});

it("gives nothing where there is no python3", async () => {
  expect(await findPythonParser()).toBeUndefined();
});
