import real from "prom-client";
import { test } from "vitest";
import facade from "../../src/compat/prom-client/index.ts";
import { compare } from "./compare.ts";

test("programs have the results, pages, JSON and errors that they have with prom-client 15.1.3", async () => {
  await compare(real, facade);
}, 600_000);
