import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{src,articles,test,scripts,examples}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Two cores: more workers would only make the tests against real servers wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
