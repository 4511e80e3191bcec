import { afterEach, expect, it, vi } from "vitest";
import { findPostgres } from "./find-postgres.mjs";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("takes the environment's word that there is none", async () => {
  vi.stubEnv("NARTHEX_POSTGRES_BIN", "");
  expect(await findPostgres()).toBeUndefined();
});

it("refuses a folder in the environment that has no server", async () => {
  vi.stubEnv("NARTHEX_POSTGRES_BIN", "/no/such/folder");
  await expect(findPostgres()).rejects.toThrow(
    'NARTHEX_POSTGRES_BIN is "/no/such/folder", where no postgres runs',
  );
});
