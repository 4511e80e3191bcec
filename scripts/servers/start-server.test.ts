import { expect, it } from "vitest";
import { startServer } from "./start-server.mjs";

const node = (program: string) => ["--eval", program];
const forever = "setInterval(() => {}, 1000);";

it("waits until the server is ready, and stops it", async () => {
  let asked = 0;
  const server = await startServer(process.execPath, node(forever), () => ++asked === 3);
  expect(asked).toBe(3);
  expect(() => process.kill(server.pid, 0)).not.toThrow();
  await server.stop();
  expect(await server.ended).toBe(`${process.execPath} ended with SIGTERM`);
  expect(() => process.kill(server.pid, 0)).toThrow("ESRCH");
});

it("shows the last words of a server that ends before it is ready", async () => {
  const program = 'console.error("no such setting"); process.exitCode = 3;';
  await expect(startServer(process.execPath, node(program), () => false)).rejects.toThrow(
    "ended with code 3\nno such setting",
  );
});

it("says that a command does not exist", async () => {
  await expect(startServer("no-such-command", [], () => false)).rejects.toThrow("ENOENT");
});
