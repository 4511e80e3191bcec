import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PseudoTerminal } from "../pseudo-terminal.ts";
import { codeBlocksOf, repository } from "./code-blocks.ts";

const PAGE = `# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{route="/",outcome="ok",job="articles"} 3
`;

const blocks = codeBlocksOf("docs/cli.md");
const commands = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ code }) => code.trim().split("\n"));

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "narthex-cli-guide-"));
  writeFileSync(join(folder, "before.txt"), PAGE.replace("3", "2"));
  for (const { language, code } of blocks) {
    if (language === "yaml") writeFileSync(join(folder, "objectives.yml"), code);
  }
  server = createServer((_, response) => response.end(PAGE)).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test("there are some", () => {
  expect(commands.length).toBeGreaterThan(7);
});

const watched = commands.filter((command) => / watch (?!.*--count)/.test(command));

test.each(commands.filter((command) => !watched.includes(command)))("%s", async (command) => {
  const outcome = await new Promise<string>((resolve) => {
    execFile("sh", ["-c", runnable(command)], { cwd: folder }, (error, out, err) =>
      resolve(error === null ? "" : `${error.code} ${out}${err}`),
    );
  });
  expect(outcome).toBe("");
});

test.each(watched)("%s (in a terminal)", async (command) => {
  const [, ...args] = runnable(command).replaceAll('"', "").split(" ");
  const terminal = new PseudoTerminal(args);
  await vi.waitFor(() => expect(terminal.screen).toContain("http_requests_total"), 30_000);
  terminal.press("q");
  expect(await terminal.ended).toMatchObject({ exitCode: 0 });
});

/** The command with the built program, and the page of this test. */
function runnable(command: string): string {
  const { port } = server.address() as AddressInfo;
  return command
    .replace("npx narthex", `"${process.execPath}" "${join(repository, "dist/cli/main.js")}"`)
    .replaceAll("localhost:5000", `127.0.0.1:${port}`);
}
