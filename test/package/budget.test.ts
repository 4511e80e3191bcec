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
  narthex: { bytes: 113_000, time: 0.55 },
  "narthex/auto": { bytes: 238_000, time: 2.4 },
  "narthex/express": { bytes: 161_000, time: 0.9 },
  "narthex/fastify": { bytes: 155_000, time: 0.9 },
  "narthex/generate": { bytes: 30_000, time: 0.4 },
  "narthex/hono": { bytes: 156_000, time: 0.9 },
  "narthex/http": { bytes: 127_000, time: 0.9 },
  "narthex/koa": { bytes: 154_000, time: 0.9 },
  "narthex/live": { bytes: 116_000, time: 0.7 },
  // Most of its time is Nest's own.
  "narthex/nest": { bytes: 164_000, time: 20 },
  "narthex/next": { bytes: 153_000, time: 0.9 },
  "narthex/node": { bytes: 153_000, time: 0.9 },
  // Most of its time is OpenTelemetry's own.
  "narthex/opentelemetry": { bytes: 1_000, time: 1.3 },
  "narthex/parse": { bytes: 28_000, time: 0.4 },
  "narthex/processes": { bytes: 163_000, time: 0.9 },
  "narthex/prom-client": { bytes: 190_000, time: 1.3 },
  "narthex/prometheus-io-client": { bytes: 191_000, time: 1.3 },
  "narthex/pushgateway": { bytes: 122_000, time: 0.75 },
  "narthex/runtime": { bytes: 123_000, time: 0.9 },
  "narthex/serve": { bytes: 124_000, time: 0.75 },
  "narthex/testing": { bytes: 149_000, time: 0.8 },
  "narthex/textfile": { bytes: 114_000, time: 0.75 },
  "narthex/threads": { bytes: 187_000, time: 1 },
};

const PEER = "prom-client";
/** How often each import is measured, and how often then those that are slow. */
const ROUNDS = [3, 6, 12];

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
  let slow = Object.keys(BUDGETS);
  // A busy machine makes an import slow now and then; one that is slow stays so.
  for (const rounds of ROUNDS) {
    await addTimes(times, [PEER, ...slow], rounds);
    slow = slow.filter((module) => share(times, module) > BUDGETS[module]!.time);
    if (slow.length === 0) return;
  }
  expect(slow.map((module) => [module, share(times, module)])).toEqual([]);
});

/** Imports the modules in turn, so that what else the machine does slows down all of them. */
async function addTimes(times: Map<string, number[]>, modules: readonly string[], rounds: number) {
  for (let round = 0; round < rounds; round++) {
    for (const module of modules) {
      times.set(module, [...(times.get(module) ?? []), await importTime(module)]);
    }
  }
}

/** The time of an import, of what prom-client takes. */
function share(times: ReadonlyMap<string, readonly number[]>, module: string): number {
  return median(times.get(module)!) / median(times.get(PEER)!);
}

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
