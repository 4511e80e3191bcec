import { createRequire } from "node:module";
import facade from "../../src/compat/prometheus-io-client/index.ts";
import { compare } from "./compare.ts";

// Runs on a current Node, which the client asks for, and fails where a program is not the same with both.
const theirs = createRequire(`${process.cwd()}/`)("@prometheus-io/client");
await compare(theirs, facade);
