import { execFile } from "node:child_process";
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { repository } from "../../scripts/repository.mjs";
import { realServer } from "../real-servers.ts";

const PROGRAMS = join(repository, "test/ecosystem/programs");

const folder = await realServer("ecosystem");
const tools = await realServer("package-tools");

/** The newest Node.js of the package's tests: some packages need it. */
const node24 = join(tools ?? "", "node/node_modules/node-24/bin/node");

interface Shown {
  readonly contentType: string;
  readonly text: string;
}

async function shown(tree: string, program: string, node: string): Promise<Shown> {
  // Vitest's NODE_ENV would make registries strict, which applications' are not.
  const env = { ...process.env, NODE_ENV: "production" };
  const { stdout } = await promisify(execFile)(node, [program], { cwd: tree, env });
  return JSON.parse(stdout);
}

/** The page without what differs between any two runs, and between the two formats of whole bounds. */
function comparable({ contentType, text }: Shown) {
  const lines = text.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1").split("\n");
  return { contentType, lines: lines.flatMap(comparableLine) };
}

function comparableLine(line: string): string[] {
  if (line.startsWith("#")) return [line];
  // What the process does, and its garbage collections: not even their series are always the same.
  if (/^\w*(?:nodejs|process|thread)_/.test(line)) return [];
  const text = line.replace(/\b(le|quantile)="(\d+)\.0"/, '$1="$2"');
  const isTimed = /^\w*(?:seconds|duration|time|perf|summary|phase|resolver)\w*/.test(text);
  return [isTimed && !/^\w+_count[ {]/.test(text) ? text.replace(/ \S+$/, " …") : text];
}

const PACKAGES: [program: string, client: string, node?: string][] = [
  ["express-prom-bundle", "prom-client"],
  ["fastify-metrics", "prom-client"],
  ["fastify-metrics", "@prometheus-io/client", node24],
  ["graphql-yoga", "prom-client"],
  ["hono-prometheus", "prom-client"],
  ["nestjs-prometheus", "prom-client"],
  ["opossum-prometheus", "prom-client"],
  ["platformatic-metrics", "prom-client", node24],
  ["prometheus-api-metrics", "prom-client"],
  ["prometheus-gc-stats", "prom-client"],
  ["promster", "prom-client"],
];

describe.skipIf(!folder || !tools)("packages that use another client", () => {
  beforeAll(() => {
    for (const tree of ["original", "overridden"]) {
      for (const client of new Set(PACKAGES.map(([, client]) => client))) {
        for (const file of readdirSync(PROGRAMS)) {
          copyFileSync(join(PROGRAMS, file), join(folder!, tree, client, file));
        }
      }
    }
  });

  test.each(PACKAGES)(
    "%s has the same page with what overrides %s",
    async (program, client, node = process.execPath) => {
      const run = (tree: string) => shown(join(folder!, tree, client), `${program}.mjs`, node);
      const [original, overridden] = await Promise.all([run("original"), run("overridden")]);
      const wanted = comparable(original);
      expect(wanted.lines.length).toBeGreaterThan(8);
      expect(comparable(overridden)).toEqual(wanted);
    },
  );

  test("every program is run", () => {
    const programs = readdirSync(PROGRAMS).filter((file) => file !== "ask.mjs");
    const run = new Set(PACKAGES.map(([program]) => `${program}.mjs`));
    expect([...run].sort()).toEqual(programs.sort());
  });
});
