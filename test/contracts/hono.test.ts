import { vi } from "vitest";
import { runContract } from "./contract.ts";
import { honoSubject } from "./subjects/hono.ts";

// @hono/node-server prints the errors of streams, and cannot be told not to.
vi.spyOn(console, "error").mockImplementation(() => {});

runContract(honoSubject);
