import { expect, test } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./index.ts";

test("the version is that of this Node, whole and in parts", async () => {
  const registry = new Registry();
  const stop = collectRuntime(registry, { only: ["version"] });
  const { samples } = parseTextPage(await registry.text());
  stop();
  expect(samples).toHaveLength(1);
  const { value, labels } = samples[0]!;
  expect(value).toBe(1);
  expect(labels.version).toBe(process.version);
  expect(`v${labels.major}.${labels.minor}.${labels.patch}`).toBe(process.version.split("-", 1)[0]);
});
