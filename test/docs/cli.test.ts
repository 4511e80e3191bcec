import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
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

test.each(commands)("%s", async (command) => {
  const { port } = server.address() as AddressInfo;
  const line = command
    .replace("npx narthex", `"${process.execPath}" "${join(repository, "dist/cli/main.js")}"`)
    .replaceAll("localhost:5000", `127.0.0.1:${port}`);
  const outcome = await new Promise<string>((resolve) => {
    execFile("sh", ["-c", line], { cwd: folder }, (error, out, err) =>
      resolve(error === null ? "" : `${error.code} ${out}${err}`),
    );
  });
  expect(outcome).toBe("");
});
