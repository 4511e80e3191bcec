// Imports the packages that it is told, and prints what that cost.
import { used } from "./tasks/memory.mjs";

/** @typedef {{ ms: number, bytes: number }} ImportCost */

const packages = process.argv.slice(2);
const before = used();
const start = performance.now();
for (const name of packages) await import(name);
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, bytes: used() - before }));
