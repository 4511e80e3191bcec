import { configDefaults, defineConfig } from "vitest/config";

/** What does not measure servers: that changes the process, Nest's classes for example. */
const units = "src/!(http)/**/*.test.ts";
const packed = "test/package/**/*.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        // Files share a process, as loading the sources anew for each takes as long as its tests.
        test: { name: "units", include: [units], isolate: false },
      },
      {
        extends: true,
        test: {
          name: "sources",
          include: ["{src,articles,test,scripts,examples}/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "**/dist/**", units, packed],
        },
      },
      {
        extends: true,
        test: { name: "package", include: [packed], globalSetup: "test/package/pack.ts" },
      },
    ],
    // Two cores: more workers would only make the tests against real servers wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
