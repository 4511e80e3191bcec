import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { describe, expect, onTestFinished, test } from "vitest";
import { realServer } from "../real-servers.ts";
import { differences } from "./differences.ts";

const tools = await realServer("package-tools");

const REQUIRE =
  'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';

describe.skipIf(!tools)("on a current Node", () => {
  test("programs have the results, pages, JSON and errors that they have with @prometheus-io/client 0.16.1", {
    timeout: 600_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "narthex-successor-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const outfile = join(folder, "successor.mjs");
    await build({
      entryPoints: [join(import.meta.dirname, "successor.ts")],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      banner: { js: REQUIRE },
    });
    const program = process.platform === "win32" ? "node.exe" : "node";
    const node = join(tools!, "node/node_modules/node-24/bin", program);
    const cwd = join(tools!, "prometheus-io-client");
    const { stdout } = await promisify(execFile)(node, [outfile], { cwd });
    const expected = differences.map(({ what, successor }) => [what, successor]);
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(expected));
  });
});
