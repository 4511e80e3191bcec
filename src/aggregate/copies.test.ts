import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { isInGroup } from "../registry/parts.ts";
import { Registry } from "../registry/registry.ts";
import { joinProcesses } from "./processes.ts";
import { joinThreads } from "./threads.ts";

// A bundle, or a package that requires what the application imports, loads this package a second time.

const OPENMETRICS_2 = "application/openmetrics-text; version=2.0.0";

vi.resetModules();
const copy = {
  ...(await import("./processes.ts")),
  ...(await import("./threads.ts")),
  ...(await import("../registry/registry.ts")),
};

/** How each of both copies joins a registry, to a group of its own. */
function ways(kind: "processes" | "threads") {
  if (kind === "threads") {
    return [joinThreads, copy.joinThreads].map((join) => (registry: Registry) => {
      return join(registry as never, { group: randomUUID() });
    });
  }
  const directory = mkdtempSync(join(tmpdir(), "narthex-copies-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return [joinProcesses, copy.joinProcesses].map((join) => (registry: Registry) => {
    return join(registry as never, { group: randomUUID(), directory });
  });
}

/** A registry with metrics of each type, some of which counted before it joined and some after. */
function counted(registry: Registry, join: (registry: Registry) => void) {
  const labels = ["a"] as const;
  const work = registry.counter({ name: "work", help: "", labels });
  const took = registry.histogram({ name: "took", help: "", labels, native: true });
  const waited = registry.summary({ name: "waited", help: "", labels });
  const depth = registry.gauge({ name: "depth", help: "", labels });
  registry.info({ name: "build", help: "" }).set({ version: "1" });
  registry.stateSet({ name: "door", help: "", states: ["open", "shut"] }).set("open", true);
  const count = (value: number) => {
    work.inc({ a: "x" }, value, { exemplar: { trace_id: `${value}` } });
    took.observe({ a: "x" }, value);
    waited.observe({ a: "x" }, value);
    depth.set({ a: "x" }, value);
  };
  count(1);
  count(2);
  join(registry);
  count(3);
  count(4);
  took.observe({ a: "gone" }, 5);
  took.remove({ a: "gone" });
  registry.counter({ name: "later", help: "" }).inc();
}

async function page(registry: Registry): Promise<string> {
  const { body } = await registry.expose({ accept: OPENMETRICS_2 });
  const own = /^(?:# \w+ )?narthex_.*\n/gm;
  return new TextDecoder()
    .decode(body)
    .replaceAll(own, "")
    .replaceAll(/ st@[\d.]+| \d{10}(?:\.\d+)?(?=\n)/g, "");
}

test.each(["processes", "threads"] as const)(
  "a registry of one copy joins %s by another one, with all that it has",
  async (kind) => {
    const pages = [];
    for (const join of ways(kind)) {
      for (const Made of [Registry, copy.Registry]) {
        const registry = new Made() as Registry;
        let membership: { leave(): void } | undefined;
        counted(registry, (one) => {
          membership = join(one);
        });
        pages.push(await page(registry));
        membership?.leave();
      }
    }
    expect(pages[0]).toContain("positive_buckets");
    expect(pages.slice(1)).toEqual([pages[0], pages[0], pages[0]]);
  },
);

test.each(["processes", "threads"] as const)(
  "a registry that has joined %s by one copy has the same membership for another, also beside one of the other kind",
  (kind) => {
    const registry = new Registry();
    const [join, joinByCopy] = ways(kind);
    const membership = join!(registry);
    onTestFinished(() => membership.leave());
    expect(joinByCopy!(registry)).toBe(membership);
    const [, joinOther] = ways(kind === "threads" ? "processes" : "threads");
    joinOther!(registry);
    membership.leave();
    expect(isInGroup(registry)).toBe(false);
  },
);
