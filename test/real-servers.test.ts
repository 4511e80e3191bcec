import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { realServer } from "./real-servers.ts";

beforeEach(() => {
  vi.stubEnv("NARTHEX_PROMETHEUS", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it("lets the tests skip themselves where a server is missing", async () => {
  vi.stubEnv("CI", undefined);
  expect(await realServer("prometheus")).toBeUndefined();
});

it("is a failure in CI, with the way out", async () => {
  vi.stubEnv("CI", "true");
  await expect(realServer("prometheus")).rejects.toThrow(
    "There is no prometheus here: put prometheus 3 on PATH, or set NARTHEX_PROMETHEUS to its path.",
  );
});
