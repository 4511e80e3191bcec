import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { post, startService } from "../../articles/test/service.ts";
import { temporaryFolder } from "../../articles/test/temporary-folder.ts";
import { parse } from "../../src/exposition/parse/parse.ts";
import { type ExposeOptions, Registry } from "../../src/index.ts";
import { addEveryType } from "../every-type.ts";
import { realServer } from "../real-servers.ts";
import { anyPlans, registryOf } from "./any-registry.ts";
import { PythonParser, readFamilies } from "./python-parser.ts";

const parserFolder = await realServer("python-parser");
const promtool = await realServer("promtool");

const accept = "application/openmetrics-text; version=1.0.0";
/** Both tests generate the same registries; a failure prints the seed. */
const generated = { numRuns: 200, seed: Date.now() % 2 ** 31 };

describe.skipIf(!parserFolder)("Python's OpenMetrics parser", () => {
  let parser: PythonParser;
  beforeAll(() => {
    parser = new PythonParser(parserFolder!);
  });
  afterAll(() => parser.stop());

  /** Checks that both parsers accept the page and read the same families. */
  async function agree(page: string) {
    const families = readFamilies(parse(page, { contentType: accept }));
    expect(await parser.read(page)).toEqual(families);
    return families;
  }

  test("is strict", async () => {
    await expect(parser.read("a 1\n")).rejects.toThrow("Missing # EOF");
  });

  test.each([true, false])("reads every type, with createdSamples %s", async (createdSamples) => {
    const registry = new Registry();
    addEveryType(registry);
    const page = await pageOf(registry, { createdSamples });
    const families = await agree(page);
    expect(new Set(families.map(({ type }) => type)).size).toBe(8);
  });

  test("reads the articles service's page", { timeout: 120_000 }, async () => {
    const database = `file:${temporaryFolder()}/articles.db`;
    const service = await startService({ DATABASE_URL: database, LOG_LEVEL: "warn" });
    await post(service, { title: "One", body: "…" });
    await fetch(`${service.url}/nope`);
    const response = await fetch(`${service.url}/metrics`, { headers: { accept } });
    expect(response.headers.get("content-type")).toContain("application/openmetrics-text");
    const families = await agree(await response.text());
    expect(families.find(({ name }) => name === "article_count")).toMatchObject({
      type: "counter",
      samples: [{ name: "article_count_total", value: 1 }],
    });
  });

  test("reads whatever a registry holds", { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(anyPlans(), fc.boolean(), async (plans, createdSamples) => {
      const page = await pageOf(registryOf(plans), { createdSamples });
      expect(await agree(page)).toHaveLength(plans.length);
    });
    await fc.assert(property, generated);
  });
});

describe.skipIf(!promtool)("promtool check metrics", () => {
  test("finds no syntax error in text 0.0.4, whatever a registry holds", async () => {
    const registries = fc
      .sample(fc.tuple(anyPlans(), fc.boolean()), generated)
      .map(([plans], i) => registryOf(plans, `x${i}`));
    const every = new Registry();
    addEveryType(every);
    const pages = await Promise.all([every, ...registries].map((registry) => registry.text()));
    // The pages share no names, so one process can check them as one page.
    expect(syntaxErrors(pages.join(""))).toBe("");
  });

  test("finds the errors of a broken page", () => {
    expect(syntaxErrors("a 1\na 1 1 1\n")).toContain("line 2");
  });
});

async function pageOf(registry: Registry, options: ExposeOptions): Promise<string> {
  const { body } = await registry.expose({ ...options, accept });
  return new TextDecoder().decode(body);
}

function syntaxErrors(page: string): string {
  const options = { input: page, encoding: "utf8" } as const;
  const { status, stderr } = spawnSync(promtool!, ["check", "metrics"], options);
  // Status 3 means lint problems, such as names or missing help, which don't matter here.
  return status === 0 || status === 3 ? "" : `${stderr}${JSON.stringify(generated)}`;
}
