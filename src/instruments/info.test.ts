import { beforeEach, describe, expect, test } from "vitest";
import { thrown } from "../../test/thrown.ts";
import type { SampleSink, SeriesHead } from "../model/sample-sink.ts";
import { Registry } from "../registry/registry.ts";
import type { Info } from "./info.ts";

let registry: Registry;
let build: Info;
beforeEach(() => {
  registry = new Registry();
  build = registry.info({ name: "build", help: "What runs here." });
});

const HEADER = "# HELP build_info What runs here.\n# TYPE build_info gauge\n";

describe("facts", () => {
  test("are labels of one series, whose value is 1", async () => {
    build.set({ version: "1.2.3", major: 1, isDirty: false });
    expect(await registry.text()).toBe(
      `${HEADER}build_info{version="1.2.3",major="1",isDirty="false"} 1\n`,
    );
  });

  test("are all replaced by new ones", async () => {
    build.set({ version: "1.2.3", commit: "4bf92f3" });
    build.set({ version: "1.2.4" });
    expect(await registry.text()).toBe(`${HEADER}build_info{version="1.2.4"} 1\n`);
  });

  test("go when they are cleared, and can be set again", async () => {
    expect(await registry.text()).toBe(HEADER);
    build.set({ version: "1.2.3" });
    build.clear();
    expect(await registry.text()).toBe(HEADER);
    build.set({});
    expect(await registry.text()).toBe(`${HEADER}build_info 1\n`);
  });

  test("are as they were when they were set", async () => {
    const facts = { version: "1.2.3" };
    build.set(facts);
    facts.version = "2";
    expect(await registry.text()).toContain('version="1.2.3"');
  });

  test("stand behind the registry's constant labels, whose names they can't have", async () => {
    registry = new Registry({ labels: { service: "articles" } });
    build = registry.info({ name: "build", help: "What runs here." });
    build.set({ version: "1.2.3" });
    const line = 'build_info{service="articles",version="1.2.3"} 1\n';
    expect(await registry.text()).toBe(HEADER + line);
    expect(thrown(() => build.set({ service: "x" })).code).toBe("NARTHEX_LABEL_NAME_INVALID");
    expect(await registry.text()).toBe(HEADER + line);
  });

  test("reach a sink as one array of names for as long as they stay", () => {
    build.set({ version: "1.2.3" });
    const names = () => {
      const heads: SeriesHead[] = [];
      const sink = { family() {}, info: (head: SeriesHead) => void heads.push(head) };
      const source = build as unknown as { visit(sink: Partial<SampleSink>): Iterable<void> };
      for (const _ of source.visit(sink));
      return heads.map(({ labelNames }) => labelNames);
    };
    expect(names()).toEqual([["version"]]);
    expect(names()[0]).toBe(names()[0]);
  });

  test.each<[string, unknown, string, string]>([
    ["null", null, "NARTHEX_VALUE_INVALID", "null"],
    ["a string", "1.2.3", "NARTHEX_VALUE_INVALID", '"1.2.3"'],
    ["an array", ["1.2.3"], "NARTHEX_VALUE_INVALID", "an array"],
    ["an empty name", { "": "x" }, "NARTHEX_LABEL_NAME_INVALID", '""'],
    ["a name of Prometheus's", { __name__: "x" }, "NARTHEX_LABEL_NAME_INVALID", '"__name__"'],
    ["a value that is an object", { a: {} }, "NARTHEX_LABEL_VALUE_INVALID", '"a" is an object'],
    [
      "a value that is missing",
      { a: undefined },
      "NARTHEX_LABEL_VALUE_INVALID",
      '"a" is undefined',
    ],
  ])("%s is refused and changes nothing", async (_, bad, code, shown) => {
    build.set({ version: "1.2.3" });
    const error = thrown(() => build.set(bad as Record<string, string>));
    expect(error.code).toBe(code);
    expect(error.message).toContain('Metric "build"');
    expect(error.message).toContain(shown);
    expect(await registry.text()).toBe(`${HEADER}build_info{version="1.2.3"} 1\n`);
  });
});

describe("the name", () => {
  test("is the same with and without _info", () => {
    expect(registry.info({ name: "build_info", help: "What runs here." })).toBe(build);
  });

  test("is all there is where it is just _info", async () => {
    registry.info({ name: "_info", help: "" });
    expect(await registry.text()).toContain("# TYPE _info_info gauge\n");
  });

  test.each([undefined, 1, ""])("%o is refused", (bad) => {
    const error = thrown(() => registry.info({ name: bad as string, help: "" }));
    expect(error.code).toBe("NARTHEX_NAME_INVALID");
  });
});
