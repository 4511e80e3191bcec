import { expect, test } from "vitest";
import { thrown } from "../../../test/thrown.ts";
import { Registry } from "../../registry/registry.ts";
import { parse } from "./parse.ts";

test("what a registry exposes can be parsed", async () => {
  const registry = new Registry();
  registry.counter({ name: "requests", help: "Requests.", labels: ["path"] }).inc({ path: "/" }, 2);
  const { contentType, body } = await registry.expose();
  expect(parse(body, { contentType }).families).toMatchObject([
    {
      name: "requests",
      help: "Requests.",
      type: "counter",
      samples: [{ name: "requests_total", labels: { path: "/" }, value: 2, line: 3 }],
    },
  ]);
});

test.each([
  ["text/plain", "a 1"],
  ["TEXT/PLAIN; version=0.0.4; charset=utf-8", "a 1"],
  ["application/openmetrics-text", "# TYPE a counter\na_total 1\n# EOF"],
  [
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
    "# TYPE a counter\na_total 1\n# EOF",
  ],
  [
    "application/openmetrics-text;charset=utf-8;Version=2.0.0",
    "# TYPE a_total counter\na_total 1\n# EOF",
  ],
])("%s says which format it is", (contentType, page) => {
  expect(parse(page, { contentType }).families).toMatchObject([
    { name: "a", samples: [{ value: 1 }] },
  ]);
});

test("a content type that is not text is refused", () => {
  const { message } = thrown(() => parse("", { contentType: "text/html" }));
  expect(message).toContain('"text/html"');
  expect(message).toContain("application/openmetrics-text");
});

test("an error names the line, shows its beginning, and says what is wrong", () => {
  const { code, message } = thrown(() => parse(`a 1\n\nb{c="${"x".repeat(1e6)}"} z\n`));
  expect(code).toBe("NARTHEX_PAGE_INVALID");
  expect(message).toMatch(/line 3, "b\{c=\\"x+"….* the value is "z"/);
  expect(message.length).toBeLessThan(300);
});

test.each([
  ["bytes", new Uint8Array([...Buffer.from('a 1\na{b="'), 0xff, ...Buffer.from('"} 1')])],
  ["a string", 'a 1\na{b="\ud800"} 1\n'],
])("%s that are not UTF-8 are refused, with the line", (_, page) => {
  const { message } = thrown(() => parse(page));
  expect(message).toContain("line 2");
  expect(message).toContain("UTF-8");
});

test("a byte order mark is refused, as Prometheus does, and can be seen in the message", () => {
  for (const page of ["\ufeffa 1\n", new TextEncoder().encode("\ufeffa 1\n")]) {
    expect(thrown(() => parse(page)).message).toContain('line 1, "\\ufeffa 1": ');
  }
});

test.each([
  ["\u00a0", "\\u00a0"],
  ["\u2028", "\\u2028"],
  ["\u200b", "\\u200b"],
  ["\u0085", "\\u0085"],
  ["\u{e0001}", "\\udb40\\udc01"],
  ["ü 日 💧", "ü 日 💧"],
])("a message about a page shows characters so that they can be seen: %j", (character, shown) => {
  const { message } = thrown(() => parse(`a ${character} 1\n`));
  expect(message).toContain(`line 1, "a ${shown} 1": `);
});

test("labels of any name are labels, and nothing else", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const labels = names.map((name) => `${name}="x"`).join(",");
  const page = `# TYPE a counter\na_total{${labels}} 1 # {${labels}} 1\n# EOF\n`;
  const [family] = parse(page, { contentType: "application/openmetrics-text" }).families;
  const sample = family?.samples[0];
  for (const parsed of [sample?.labels, sample?.exemplars[0]?.labels]) {
    expect(Object.entries(parsed ?? {})).toEqual(names.map((name) => [name, "x"]));
  }
  expect(({} as Record<string, unknown>).x).toBeUndefined();
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});
