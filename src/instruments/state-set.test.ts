import { beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage, type TextPage } from "../../test/text-page.ts";
import { thrown } from "../../test/thrown.ts";
import { Registry } from "../registry/registry.ts";
import type { StateSetOptions } from "./state-set.ts";

let now: number;
let registry: Registry;
beforeEach(() => {
  now = 1_700_000_000_000;
  registry = new Registry({ now: () => now });
});

async function page(): Promise<TextPage> {
  return parseTextPage(await registry.text());
}

const OPTIONS = { name: "feature", help: "Features.", states: ["search", "chat"] } as const;

describe("states", () => {
  test("are all on the page, off until they are set", async () => {
    const feature = registry.stateSet(OPTIONS);
    const shows = async (search: number, chat: number) =>
      expect(await registry.text()).toBe(
        `# HELP feature Features.
# TYPE feature gauge
feature{feature="search"} ${search}
feature{feature="chat"} ${chat}
`,
      );
    await shows(0, 0);
    feature.set("search", true);
    await shows(1, 0);
    feature.labels().set("chat", true);
    await shows(1, 1);
    feature.set("search", false);
    await shows(0, 1);
    feature.clear();
    await shows(0, 0);
  });

  test("are each label set's own, on every way in", async () => {
    const feature = registry.stateSet({ ...OPTIONS, labels: ["shard"] });
    feature.set({ shard: "1" }, "search", true);
    const held = feature.labels({ shard: 2 });
    held.set("search", true);
    held.set("chat", true);
    held.set("search", false);
    expect((await page()).samples.map(({ labels, value }) => [labels, value])).toEqual([
      [{ shard: "1", feature: "search" }, 1],
      [{ shard: "1", feature: "chat" }, 0],
      [{ shard: "2", feature: "search" }, 0],
      [{ shard: "2", feature: "chat" }, 1],
    ]);
    expect(feature.remove({ shard: "1" })).toBe(true);
    held.set("chat", false);
    expect((await page()).samples.map(({ value }) => value)).toEqual([0, 0]);
  });

  test.each<[string, unknown, unknown, string]>([
    [
      "an unknown state",
      "serach",
      true,
      '"serach" is not a value: its states are "search", "chat"',
    ],
    ["no state", undefined, true, "undefined is not a value"],
    ["no boolean", "chat", 1, '1 is not a value: state "chat" takes true or false'],
    ["nothing", "chat", undefined, "undefined is not a value"],
  ])("%s is refused and changes nothing", async (_, state, on, message) => {
    const plain = registry.stateSet(OPTIONS);
    const labelled = registry.stateSet({ ...OPTIONS, name: "labelled", labels: ["shard"] });
    for (const set of [
      () => plain.set(state as "chat", on as boolean),
      () => plain.labels().set(state as "chat", on as boolean),
      () => labelled.set({ shard: "new" }, state as "chat", on as boolean),
    ]) {
      const error = thrown(set);
      expect(error.code).toBe("NARTHEX_VALUE_INVALID");
      expect(error.message).toContain(message);
    }
    expect((await page()).samples.map(({ value }) => value)).toEqual([0, 0]);
  });

  test("and labels are typed", () => {
    const feature = registry.stateSet(OPTIONS);
    // @ts-expect-error: there is no such state.
    expect(() => feature.set("serach", true)).toThrow('"serach"');
    const labelled = registry.stateSet({ ...OPTIONS, name: "labelled", labels: ["shard"] });
    // @ts-expect-error: there is no such state.
    expect(() => labelled.set({ shard: "1" }, "serach", true)).toThrow('"serach"');
    // @ts-expect-error: there is no such label.
    expect(() => labelled.set({ shart: "1" }, "chat", true)).toThrow('"shart"');
    // @ts-expect-error: the labels are missing.
    expect(() => labelled.set("chat", true)).toThrow();
  });
});

describe("series", () => {
  test("past the limit share _other", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const feature = registry.stateSet({ ...OPTIONS, labels: ["shard"], limit: 1 });
    feature.set({ shard: "1" }, "search", true);
    feature.set({ shard: "2" }, "chat", true);
    vi.restoreAllMocks();
    const { value } = await page();
    expect(value("feature", { shard: "_other", feature: "chat" })).toBe(1);
    expect(value("feature", { shard: "1", feature: "chat" })).toBe(0);
  });

  test("expire, and come back with the next update", async () => {
    const feature = registry.stateSet({ ...OPTIONS, labels: ["shard"], expireAfterSeconds: 60 });
    const held = feature.labels({ shard: "1" });
    held.set("search", true);
    now += 61_000;
    expect((await page()).samples).toEqual([]);
    held.set("chat", true);
    expect((await page()).samples.map(({ value }) => value)).toEqual([0, 1]);
  });
});

describe("options", () => {
  test.each<[string, unknown, string]>([
    ["states", "search", 'states is "search"'],
    ["states", [], "states is an array"],
    ["states", ["search", ""], 'states[1] is ""'],
    ["states", ["search", 1], "states[1] is 1"],
    ["states", ["\ud800"], "states[0] is "],
    ["states", ["search", "chat", "search"], 'states[2] is "search"'],
  ])("%s: %o is refused", (option, bad, shown) => {
    const options = { ...OPTIONS, name: "a_feature", [option]: bad };
    const error = thrown(() => registry.stateSet(options as StateSetOptions<string, never>));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    expect(error.message).toContain(`"a_feature": option ${shown}`);
  });

  test("a unit is no option of a state set", () => {
    const options = { ...OPTIONS, name: "a_feature", unit: "feature" };
    const error = thrown(() => registry.stateSet(options));
    expect(error.message).toContain('"a_feature": there is no option "unit"');
  });

  test("a label named like the family is refused, also as a constant label", () => {
    const error = thrown(() => registry.stateSet({ ...OPTIONS, labels: ["feature"] }));
    expect(error.code).toBe("NARTHEX_LABEL_NAME_INVALID");
    expect(error.message).toContain('"feature"');
    const other = new Registry({ labels: { feature: "x" } });
    expect(thrown(() => other.stateSet(OPTIONS)).code).toBe("NARTHEX_LABEL_NAME_INVALID");
  });

  test("the same states share the set, and others are refused", () => {
    const feature = registry.stateSet(OPTIONS);
    expect(registry.stateSet({ ...OPTIONS, states: ["search", "chat"] })).toBe(feature);
    const error = thrown(() => registry.stateSet({ ...OPTIONS, states: ["chat"] }));
    expect(error.code).toBe("NARTHEX_NAME_TAKEN");
  });

  test("states of the user's that change later change nothing", async () => {
    const states = ["a"];
    registry.stateSet({ name: "mode", help: "", states });
    states.push("b");
    expect((await page()).samples).toHaveLength(1);
  });
});

test("a name with a colon is refused: the states' label is named like the family", () => {
  const registry = new Registry();
  expect(() => registry.stateSet({ name: "job:state", help: "", states: ["on"] })).toThrow(
    /"job:state".*leave out colons/,
  );
});
