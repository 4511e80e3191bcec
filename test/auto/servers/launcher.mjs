import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

// Starts a program in another process, as npm, nest, next, cross-env, concurrently and many others do.
const [how, program = "", ask] = process.argv.slice(2);

// Some have a server that is none of HTTP, to talk with what they start.
const talk = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
await once(talk, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (talk.address());
await once(connect(port, "127.0.0.1").resume(), "close");
talk.close();

// Some ask a registry for updates.
if (ask !== undefined) fetch(ask).then((response) => response.text());
if (how === "late") await sleep(1500);

const ways = {
  spawn: () => spawn(process.execPath, [program], { stdio: "inherit" }),
  late: () => spawn(process.execPath, [program], { stdio: "inherit" }),
  fork: () => fork(program),
};
const child = ways[/** @type {keyof typeof ways} */ (how)]();
process.once("SIGTERM", () => child.kill());
child.once("exit", () => process.exit());
