import { createRequire } from "node:module";
import facade from "../../src/compat/prometheus-io-client/index.ts";
import { compare } from "./compare.ts";
import { differences, outcome } from "./differences.ts";

// Runs on a current Node, which the client asks for, fails where a program is not the same with both, and prints
// what the programs of the table give with the client.
const theirs = createRequire(`${process.cwd()}/`)("@prometheus-io/client");
await compare(theirs, facade);
const results: Record<string, string> = {};
for (const difference of differences) {
  results[difference.what] = await outcome(difference, theirs);
}
process.stdout.write(JSON.stringify(results));
