import { spawn } from "node:child_process";

// A worker that listens for nothing, and has another program do some of its work.
const [url = ""] = process.argv.slice(2);
await (await fetch(url)).text();
spawn(process.execPath, ["--eval", "setTimeout(String, 60_000)"]).unref();
setTimeout(() => {}, 60_000);
