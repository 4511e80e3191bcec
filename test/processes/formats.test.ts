import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { joinProcesses } from "../../src/aggregate/processes.ts";
import { parse } from "../../src/exposition/parse/parse.ts";
import { Registry } from "../../src/index.ts";
import { PythonParser, readFamilies } from "../e2e/python-parser.ts";
import { addEveryType } from "../every-type.ts";
import { acceptOf, FORMATS, readPage } from "../page-of-any-format.ts";
import { realServer } from "../real-servers.ts";

const parserFolder = await realServer("python-parser");
const promtool = await realServer("promtool");

/** One of two members of a group, each with metrics of every type. */
function member(): Registry {
  const directory = mkdtempSync(join(tmpdir(), "narthex-formats-"));
  const members = [new Registry(), new Registry()] as const;
  const memberships = members.map((registry) => {
    addEveryType(registry);
    return joinProcesses(registry, { group: "formats", directory });
  });
  onTestFinished(() => {
    for (const membership of memberships) membership.leave();
    rmSync(directory, { recursive: true });
  });
  return members[0];
}

test.each(FORMATS)(
  "the sum of a group is a page of %s by an independent reader",
  async (format) => {
    const { samples } = await readPage(member(), format, "underscores");
    const order = samples.find(({ labels }) => labels.dish === "soup");
    expect(order?.value).toBe(6);
  },
);

test.skipIf(!parserFolder)("Python's OpenMetrics parser reads the sum of a group", async () => {
  const accept = acceptOf("openmetrics-1.0", "underscores");
  const { body } = await member().expose({ accept, createdSamples: true });
  const page = new TextDecoder().decode(body);
  const parser = new PythonParser(parserFolder!);
  onTestFinished(() => parser.stop());
  const families = await parser.read(page);
  expect(families).toEqual(readFamilies(parse(page, { contentType: accept })));
  expect(new Set(families.map(({ type }) => type)).size).toBe(8);
});

test.skipIf(!promtool)("promtool finds no syntax error in the sum of a group", async () => {
  const options = { input: await member().text(), encoding: "utf8" } as const;
  const { status, stderr } = spawnSync(promtool!, ["check", "metrics"], options);
  // Status 3 means lint problems, which the pages of one process have as well.
  expect(stderr).not.toContain("error while linting: text format parsing error");
  expect([0, 3]).toContain(status);
});
