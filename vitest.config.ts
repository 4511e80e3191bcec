import { configDefaults, defineConfig } from "vitest/config";

const packed = "test/package/**/*.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "sources",
          include: ["{src,articles,test,scripts,examples}/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "**/dist/**", packed],
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
