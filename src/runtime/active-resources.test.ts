import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./index.ts";

test("resources are counted by type, and are gone when they are", async () => {
  const registry = new Registry();
  const stop = collectRuntime(registry);
  const servers = [createServer(), createServer()];
  for (const server of servers) await once(server.listen(0, "127.0.0.1"), "listening");

  const page = parseTextPage(await registry.text());
  expect(page.value("nodejs_active_resources", { type: "TCPServerWrap" })).toBe(2);
  const { samples } = page.families.get("nodejs_active_resources")!;
  expect(page.value("nodejs_active_resources_total")).toBe(
    samples.reduce((total, { value }) => total + value, 0),
  );

  for (const server of servers) await once(server.close(), "close");
  await vi.waitFor(async () => {
    const later = parseTextPage(await registry.text());
    expect(later.value("nodejs_active_resources", { type: "TCPServerWrap" })).toBeUndefined();
  });
  stop();
});

test("what a scrape itself needs is not counted", async () => {
  const registry = new Registry();
  const stop = collectRuntime(registry);
  const before = process.getActiveResourcesInfo().length;
  const page = parseTextPage(await registry.text());
  stop();
  expect(page.value("nodejs_active_resources_total")).toBeLessThanOrEqual(before);
});
