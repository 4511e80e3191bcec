import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startPrometheus } from "../../scripts/servers/prometheus.mjs";
import { parse } from "../../src/exposition/parse/parse.ts";
import { realServer } from "../real-servers.ts";
import { ACCEPTED, bytesOf, REFUSED } from "../text-pages.ts";

const prometheus = await realServer("prometheus");

/** How many mutated pages are compared: NARTHEX_FUZZ_PAGES=5000 takes a minute. */
const PAGES = Number(process.env.NARTHEX_FUZZ_PAGES ?? 400);
const SEED = Number(process.env.NARTHEX_FUZZ_SEED ?? Date.now() % 2 ** 31);

const FRAGMENTS = [
  ...'{ } , : = # \\ " \t \0 \r é \ud800 +Inf NaN 1 -1 1e9 le a _bucket __proto__ # TYPE HELP 0x1p1 1_0'.split(
    " ",
  ),
  ...[
    " ",
    "\n",
    "\n\n",
    "# TYPE a ",
    "# HELP a ",
    '{le="1"} ',
    '"a\n"',
    "# EOF\n",
    "=",
    '=""',
    "\\\n",
  ],
];

/** Pages that differ from an accepted one in a few places. */
function mutatedPages(): string[] {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(3),
    piece: fc.constantFrom("", ...FRAGMENTS),
  });
  const page = fc
    .tuple(fc.constantFrom(...ACCEPTED), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([page, edits]) =>
      edits.reduce((text, { at, cut, piece }) => {
        const from = Math.floor(at * text.length);
        return text.slice(0, from) + piece + text.slice(from + cut);
      }, page),
    );
  // Prometheus takes blanks before a name for a part of it: such pages can't be compared.
  const comparable = page.map((page) => page.replace(/^[ \t]+(?=[a-zA-Z_:])/gm, ""));
  return fc.sample(comparable, { numRuns: PAGES, seed: SEED });
}

/** The samples as Prometheus keeps them: of equal series the first, without empty labels. */
function read(page: string): Record<string, string> | "refused" {
  try {
    const samples: Record<string, string> = Object.create(null);
    for (const { name, labels, value } of parse(bytesOf(page)).families.flatMap(
      (family) => family.samples,
    )) {
      samples[seriesText({ ...labels, __name__: name })] ??= goText(value);
    }
    return samples;
  } catch {
    return "refused";
  }
}

function seriesText(labels: Readonly<Record<string, string>>): string {
  const kept = Object.entries(labels).filter(([, value]) => value !== "");
  return JSON.stringify(kept.map(withBound).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Prometheus writes the bounds of a histogram in a form of its own. */
function withBound([name, value]: [string, string]): [string, string] {
  const isBound = (name === "le" || name === "quantile") && value.trim() !== "";
  return [name, isBound && !Number.isNaN(Number(value)) ? String(Number(value)) : value];
}

function goText(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value)
    ? String(Object.is(value, -0) ? 0 : value)
    : value > 0
      ? "+Inf"
      : "-Inf";
}

describe.skipIf(!prometheus)("the text parser and Prometheus", () => {
  const pages = [...ACCEPTED, ...REFUSED, ...mutatedPages()];
  let folder: string;
  let server: Server;
  let running: Awaited<ReturnType<typeof startPrometheus>> | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "narthex-pages-"));
    server = createServer((request, response) => {
      const page = bytesOf(pages[Number(request.url!.slice(1))]!);
      response.setHeader("content-type", "text/plain; version=0.0.4").end(page);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const configFile = join(folder, "prometheus.yml");
    writeFileSync(configFile, configFor(target, pages.length));
    running = await startPrometheus({ configFile });
    await vi.waitFor(
      async () => {
        const [result] = await query("count(max_over_time(up[1h]))");
        expect(Number(result?.value[1])).toBe(pages.length);
      },
      { timeout: 300_000, interval: 500 },
    );
  }, 360_000);
  afterAll(async () => {
    await running?.stop();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  async function query(query: string) {
    const body = new URLSearchParams({ query });
    const response = await fetch(`${running!.url}/api/v1/query`, { method: "POST", body });
    const { data } = (await response.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result;
  }

  const title = `read the same samples and refuse the same pages, with the seed ${SEED}`;
  test(title, { timeout: 120_000 }, async () => {
    const ups = new Map(
      (await query("max_over_time(up[1h])")).map(({ metric, value }) => [metric.page, value[1]]),
    );
    const samples = new Map<string, Record<string, string>>();
    for (const { metric, value } of await query('last_over_time({page=~".+"}[1h])')) {
      const { page = "", job, instance, __name__ = "", ...labels } = metric;
      if (/^(up|scrape_.*)$/.test(__name__) && job === "pages") continue;
      const ofPage = samples.get(page) ?? Object.create(null);
      samples.set(page, ofPage);
      const number = Number(value[1].replace("Inf", "Infinity"));
      ofPage[seriesText({ ...labels, __name__ })] = goText(number);
    }
    const differences = pages.flatMap((page, i) => {
      const theirs = ups.get(String(i)) === "1" ? (samples.get(String(i)) ?? {}) : "refused";
      const ours = read(page);
      const equal = JSON.stringify(sorted(ours)) === JSON.stringify(sorted(theirs));
      return equal ? [] : [{ page, ours, theirs }];
    });
    expect(differences).toEqual([]);
  });
});

function sorted(samples: Record<string, string> | "refused") {
  return samples === "refused" ? samples : Object.entries(samples).sort();
}

/** One target for each page; the timestamps of samples are left out, as old ones would not be kept. */
function configFor(target: string, pages: number): string {
  const targets = Array.from(
    { length: pages },
    (_, i) => `
      - { targets: ["${target}"], labels: { page: "${i}", __metrics_path__: "/${i}" } }`,
  );
  // Prometheus spreads the first scrapes over one interval.
  return `global: { scrape_interval: ${Math.ceil(pages / 200)}s }
scrape_configs:
  - job_name: pages
    honor_labels: true
    honor_timestamps: false
    static_configs:${targets.join("")}
`;
}
