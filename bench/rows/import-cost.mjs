// A script, run in a new process: imports the packages in its arguments, and prints the cost as JSON.
import { used } from "./heap.mjs";

const packages = process.argv.slice(2);
const before = used();
const start = performance.now();
for (const name of packages) await import(name);
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, bytes: used() - before }));
