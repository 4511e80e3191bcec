import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { realServer } from "../real-servers.ts";
import { codeBlocksOf } from "./code-blocks.ts";
import { Terminal } from "./terminal.ts";

const PAGES = [
  "docs/getting-started.md",
  "docs/recipes/exemplars.md",
  "docs/recipes/native-histograms.md",
];
const prometheus = await realServer("prometheus");
const promtool = await realServer("promtool");

test.skipIf(!prometheus || !promtool).each(PAGES)(
  "%s works as it is written",
  { timeout: 180_000 },
  async (page) => {
    const [service, server] = [await freePort(), await freePort()];
    const hasSetting = (await version(prometheus!)) >= 3.09;
    const terminal = await Terminal.open([prometheus!, promtool!], (text) =>
      text
        .replaceAll(/(:|\()3000\b/g, `$1${service}`)
        .replaceAll(":9090", `:${server}`)
        .replace(/^(prometheus .*)$/m, `$1 --web.listen-address=127.0.0.1:${server}`)
        .replace("# scrape_native", hasSetting ? "scrape_native" : "$&")
        // The test is more impatient than a reader.
        .replaceAll(/\b(interval|for): \d+s/g, "$1: 1s")
        .replaceAll(/\bin 1 2 3 [\d ]+;/g, "in 1 2 3;")
        .replaceAll(/\bsleep \d+/g, "sleep 0.2"),
    );
    await terminal.follow(page);
  },
);

test.each(PAGES)("%s shows what its commands print", (page) => {
  const shown = codeBlocksOf(page).filter(({ language }) => language === "text");
  expect(shown.length).toBeGreaterThan(0);
});

/** 3.05 for Prometheus 3.5, 3.1 for 3.10. */
async function version(command: string): Promise<number> {
  const { stdout, stderr } = await promisify(execFile)(command, ["--version"]);
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(`${stdout}${stderr}`)!;
  return Number(major) + Number(minor) / 100;
}
