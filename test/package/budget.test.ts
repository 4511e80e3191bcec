import { build, type Metafile } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Installed, install, manifest, modules } from "./installed.ts";

interface Budget {
  /** What an import loads, bundled and minified. */
  readonly bytes: number;
  /** The CPU time that an import takes, of what prom-client takes in the same run. */
  readonly time: number;
}

const BUDGETS: Readonly<Record<string, Budget>> = {
  narthex: { bytes: 107_000, time: 0.7 },
  "narthex/auto": { bytes: 220_000, time: 3 },
  "narthex/express": { bytes: 154_000, time: 1.3 },
  "narthex/fastify": { bytes: 148_000, time: 1.3 },
  "narthex/generate": { bytes: 30_000, time: 0.6 },
  "narthex/hono": { bytes: 149_000, time: 1.3 },
  "narthex/http": { bytes: 119_000, time: 1.3 },
  "narthex/koa": { bytes: 148_000, time: 1.3 },
  "narthex/live": { bytes: 108_000, time: 0.8 },
  // Most of its time is Nest's own.
  "narthex/nest": { bytes: 156_000, time: 20 },
  "narthex/next": { bytes: 146_000, time: 1.3 },
  "narthex/node": { bytes: 146_000, time: 1.3 },
  // Most of its time is OpenTelemetry's own.
  "narthex/opentelemetry": { bytes: 1_000, time: 1.3 },
  "narthex/parse": { bytes: 28_000, time: 0.5 },
  "narthex/processes": { bytes: 146_000, time: 0.9 },
  "narthex/prom-client": { bytes: 182_000, time: 1.3 },
  "narthex/prometheus-io-client": { bytes: 182_000, time: 1.3 },
  "narthex/pushgateway": { bytes: 120_000, time: 0.9 },
  "narthex/runtime": { bytes: 116_000, time: 0.8 },
  "narthex/serve": { bytes: 119_000, time: 1.3 },
  "narthex/testing": { bytes: 143_000, time: 0.8 },
  "narthex/textfile": { bytes: 108_000, time: 0.8 },
  "narthex/threads": { bytes: 176_000, time: 0.9 },
};

const PEER = "prom-client";
const ROUNDS = 5;

let installed: Installed;

beforeAll(() => {
  installed = install();
  installed.link(...Object.keys(manifest.peerDependencies), PEER);
});
afterAll(() => installed.remove());

test("every entry has a budget", () => {
  expect(Object.keys(BUDGETS).sort()).toEqual([...modules].sort());
});

test.each(Object.entries(BUDGETS))(
  "an import of %s loads no more than it may",
  async (module, { bytes }) => {
    const loaded = await loadedBytes(module);
    expect(loaded).toBeLessThanOrEqual(bytes);
    // What is far below its budget would let much in.
    expect(loaded).toBeGreaterThan(bytes / 5);
  },
);

test.each(["narthex", "narthex/serve"])(
  "%s can be imported where there is no Node",
  async (module) => {
    const { outputs } = (await bundled(module, "neutral")).metafile;
    const imports = [...filesLoaded(outputs)].flatMap((file) => outputs[file]!.imports);
    expect(imports.filter(({ external }) => external)).toEqual([]);
  },
);

test("imports take no longer than they may", { timeout: 240_000 }, async () => {
  const times = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const module of [PEER, ...Object.keys(BUDGETS)]) {
      times.set(module, [...(times.get(module) ?? []), await importTime(module)]);
    }
  }
  const peer = median(times.get(PEER)!);
  const slow = Object.entries(BUDGETS).filter(([module, { time }]) => {
    return median(times.get(module)!) > time * peer;
  });
  expect(slow.map(([module]) => [module, median(times.get(module)!) / peer])).toEqual([]);
});

async function loadedBytes(module: string): Promise<number> {
  const { outputs } = (await bundled(module, "node")).metafile;
  return [...filesLoaded(outputs)].reduce((sum, file) => sum + outputs[file]!.bytes, 0);
}

/** The files of a bundle that an import of it loads at once; others are loaded later. */
function filesLoaded(outputs: Metafile["outputs"]): Set<string> {
  const [entry] = Object.keys(outputs).filter((file) => outputs[file]!.entryPoint === "<stdin>");
  const loaded = new Set([entry!]);
  for (const file of loaded) {
    for (const { external, kind, path } of outputs[file]!.imports) {
      if (kind === "import-statement" && !external) loaded.add(path);
    }
  }
  return loaded;
}

function bundled(module: string, platform: "neutral" | "node") {
  return build({
    stdin: {
      contents: `import "${module}"; export * from "${module}";`,
      resolveDir: installed.folder,
    },
    bundle: true,
    minify: true,
    splitting: true,
    platform,
    external: ["node:*", ...Object.keys(manifest.peerDependencies)],
    format: "esm",
    outdir: installed.folder,
    write: false,
    metafile: true,
    logLevel: "error",
  });
}

/** Milliseconds of CPU time, which other processes lengthen least. */
async function importTime(module: string): Promise<number> {
  const program = `
    const before = process.cpuUsage();
    await import("${module}");
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);
    process.exit();`;
  const args = ["--input-type=module", "--eval", program];
  return Number((await installed.run(process.execPath, ...args)).stdout);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
