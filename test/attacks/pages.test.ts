import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FormatName } from "../../src/exposition/formats.ts";
import { parse } from "../../src/exposition/parse/parse.ts";
import { type MetricSource, NarthexError, Registry } from "../../src/index.ts";
import { anyFamilies } from "../any-families.ts";
import { acceptOf, FORMATS } from "../page-of-any-format.ts";
import { decodePage } from "../protobuf-page.ts";
import { play } from "../recording.ts";
import { ACCEPTED, bytesOf } from "../text-pages.ts";
import { fuzz, printSeed } from "./fuzz.ts";

printSeed();
beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

type ParsedPage = ReturnType<typeof parse>;

const FRAGMENTS = [
  ...'{ } , : = # \\ " \t \0 \r é \ud800 +Inf NaN 1 -1 1e9 le a _total _bucket _count __name__'.split(
    " ",
  ),
  ...["", " ", "\n", "\n# EOF\n", "# TYPE a ", "# HELP a ", "# UNIT a ", ' # {a="b"} 1', " st@1"],
  ...[
    "counter",
    "gauge",
    "histogram",
    "summary",
    "stateset",
    "info",
    "{count:1,sum:1,",
    "bucket:[",
  ],
];

const anyEdits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(9),
    piece: fc.constantFrom(...FRAGMENTS),
  }),
  { maxLength: 4 },
);

async function expose(source: MetricSource, format: FormatName) {
  const registry = new Registry();
  registry.register(source);
  const { body, contentType } = await registry.expose({ accept: acceptOf(format, "allow-utf-8") });
  return { body, contentType };
}

function parsed(page: Uint8Array, contentType: string): ParsedPage | undefined {
  try {
    return parse(page, { contentType });
  } catch (error) {
    if (!(error instanceof NarthexError)) throw error;
    expect(error.code).toBe("NARTHEX_PAGE_INVALID");
    expect(error.message).toMatch(/line \d/);
    return undefined;
  }
}

/** What a registry makes of the page stays the same when it is parsed and exposed again. */
async function comesOutStably(page: ParsedPage): Promise<void> {
  for (const format of FORMATS) {
    const first = await expose(page, format);
    if (format === "protobuf") {
      decodePage(first.body);
      continue;
    }
    const second = await expose(parse(first.body, first), format);
    expect(textOf(second.body), format).toBe(textOf(first.body));
  }
}

const textOf = (body: Uint8Array) =>
  new TextDecoder("utf-8", { fatal: true })
    .decode(body)
    .replace(/^(# (HELP|TYPE) )?narthex_.*\n/gm, "");

describe("mutated pages are refused with the line, or come out of a registry stably", () => {
  const TEXTS = FORMATS.filter((format) => format !== "protobuf");

  test.each(TEXTS)("%s", { timeout: 600_000 }, async (format) => {
    const { contentType } = await expose(play([]), format);
    const source = fc.oneof(
      anyFamilies(),
      format.startsWith("text") ? fc.constantFrom(...ACCEPTED) : anyFamilies(),
    );
    await fuzz(60, fc.tuple(source, anyEdits), async ([source, edits]) => {
      const page =
        typeof source === "string"
          ? source
          : new TextDecoder().decode((await expose(play(source), format)).body);
      const edited = edits.reduce((text, { at, cut, piece }) => {
        const from = Math.floor(at * text.length);
        return text.slice(0, from) + piece + text.slice(from + cut);
      }, page);
      const accepted = parsed(bytesOf(edited), contentType);
      if (accepted !== undefined) await comesOutStably(accepted);
    });
  });
});
