import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { ServerProcess } from "../contracts/server-process.ts";
import { Project } from "../package/matrix/project.ts";
import { decodePage } from "../protobuf-page.ts";
import { realServer } from "../real-servers.ts";
import { repository } from "./code-blocks.ts";
import { asJavaScript, programFolder, writeIn } from "./program.ts";

const EXAMPLES = join(repository, "examples");
const { PATH = "" } = process.env;

const PROTOBUF =
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

/** Loaded machines are slow, and only a failure takes all of it. */
const PATIENCE = { timeout: 30_000, interval: 50 };

type Headers = Readonly<Record<string, string>>;

interface Served {
  readonly file: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is requested of the program, on port 3000. */
  readonly requests?: readonly (readonly [method: string, path: string, headers?: Headers])[];
  /** Sent with the request for the page. */
  readonly headers?: Headers;
  /** What the page has then. */
  readonly shows: readonly (string | RegExp)[];
}

const SERVED: readonly Served[] = [
  {
    file: "commonjs.cjs",
    requests: [["GET", "/about"]],
    shows: ['visits_total{page="about"} 1\n', measured("GET", "/about")],
  },
  {
    file: "exporter.ts",
    shows: ['folder_file_size_bytes{name="package.json"} 20\n'],
  },
  {
    file: "express.ts",
    requests: [
      ["POST", "/orders/pro"],
      ["POST", "/orders/gold"],
    ],
    shows: [
      'orders_total{plan="pro"} 1\n',
      measured("POST", "/orders/:plan"),
      "\nprocess_cpu_seconds_total ",
    ],
  },
  {
    file: "fastify.ts",
    requests: [
      ["POST", "/files/a"],
      ["GET", "/healthz"],
    ],
    shows: ["\nupload_size_bytes_count 1\n", measured("POST", "/files/:name")],
  },
  {
    file: "hono.ts",
    requests: [["GET", "/hello", { "accept-language": "de-CH" }]],
    headers: { authorization: "Bearer secret" },
    shows: ['greetings_total{language="de"} 1\n', measured("GET", "/hello")],
  },
  {
    file: "native-histogram.ts",
    requests: [["POST", "/checkout"]],
    headers: { accept: "application/openmetrics-text" },
    shows: [/^checkout_duration_seconds_bucket\{le="0.5"\} 1 # \{trace_id="[\w-]+"\} 0\.3/m],
  },
  {
    file: "nest.ts",
    requests: [["GET", "/users/42"]],
    shows: ["\nprofiles_viewed_total 1\n", measured("GET", "/users/:id")],
  },
  {
    file: "plugins.ts",
    shows: ['searches_total{service="shop",plugin="search"} 3\n', /^(?!.*chat_rooms)/s],
  },
  {
    file: "pool.ts",
    env: { DATABASE_URL: "postgres://127.0.0.1:1/nobody" },
    shows: [
      'db_pool_connections{state="idle"} 0\n',
      "\ndb_pool_max_connections 10\n",
      'db_query_errors_total{operation="ping"} 1\n',
    ],
  },
  {
    file: "worker.ts",
    shows: [
      'job_duration_seconds_count{queue="mail",outcome="ok"} 1\n',
      'job_duration_seconds_count{queue="invoice",outcome="failed"} 1\n',
      'jobs_running{queue="mail"} 0\n',
      'connect_calls_total{outcome="ok"} 1\n',
    ],
  },
];

/** Written by programs that end by themselves, or tests: they have tests of their own below. */
const OTHERS = ["batch.ts", "testing/orders.spec.cjs", "testing/orders.test.ts"];

test("every example is in the table of examples/README.md, says how to run it, and is short", () => {
  const files = [...SERVED.map(({ file }) => file), ...OTHERS];
  const found = readdirSync(EXAMPLES, { recursive: true }).map(String);
  const programs = found.filter(
    (file) => /\.[cm]?[jt]s$/.test(file) && !file.endsWith("/orders.ts"),
  );
  expect(programs.sort()).toEqual(files.sort());
  const table = readFileSync(join(EXAMPLES, "README.md"), "utf8");
  for (const file of files) {
    expect(table).toContain(`| [${file}](${file}) |`);
    const lines = readFileSync(join(EXAMPLES, file), "utf8").split("\n");
    expect(lines[0], file).toMatch(/^\/\/ .*\. Run: \S.* \S+$/);
    expect(lines.length, file).toBeLessThanOrEqual(61);
  }
});

test.each(SERVED)("$file serves what it shows", async ({ file, env, requests, headers, shows }) => {
  const { app, page } = await started(file, env);
  for (const [method, path, headers = {}] of requests ?? []) {
    await (await fetch(`${app}${path}`, { method, headers })).text();
  }
  await vi.waitFor(async () => {
    const text = await (await fetch(page, { headers: headers ?? {} })).text();
    for (const shown of shows) expect(text).toMatch(shown);
  }, PATIENCE);
});

test("native-histogram.ts has native buckets where a format can have them", async () => {
  const { app, page } = await started("native-histogram.ts");
  await (await fetch(app)).text();
  const response = await fetch(page, { headers: { accept: PROTOBUF } });
  const families = decodePage(new Uint8Array(await response.arrayBuffer()));
  const checkout = families.find(({ name }) => name === "checkout_duration_seconds");
  expect(checkout).toMatchObject({ metric: [{ histogram: { schema: 3, positiveDelta: [1] } }] });
});

test("batch.ts leaves two files", async () => {
  const folder = await written("batch.ts");
  await promisify(execFile)(process.execPath, ["batch.js"], {
    cwd: folder,
    env: { PATH, TEXTFILE_FOLDER: folder },
  });
  const page = (name: string) => readFile(join(folder, name), "utf8");
  expect(await page("backup.prom")).toContain("\nbackup_success 1\n");
  const success = await page("backup-success.prom");
  expect(success).toContain("\nbackup_size_bytes 1000000\n");
  expect(success).toMatch(/^backup_last_success_timestamp_seconds 1\d{9}/m);
});

const tools = await realServer("package-tools");

// Vitest runs orders.test.ts beside the tests of the repository.
test.skipIf(!tools)("testing/orders.spec.cjs passes with Jest", async () => {
  const jest = new Project(EXAMPLES, tools!).tool("jest-30", "jest/bin/jest.js");
  const args = [jest, "--rootDir", join(EXAMPLES, "testing"), "orders.spec.cjs"];
  const { stderr } = await promisify(execFile)(process.execPath, args, { env: { PATH } });
  expect(stderr).toContain("1 passed, 1 total");
});

/** The line of the page for a request that was measured. */
function measured(method: string, route: string): RegExp {
  const labels = `method="${method}",route="${route}",status_code="20\\d",outcome="ok"`;
  return new RegExp(`^http_requests_total\\{${labels}\\} 1$`, "m");
}

/** Starts an example on ports that are free. */
async function started(file: string, env: Readonly<Record<string, string>> = {}) {
  const app = await freePort();
  const folder = await written(file, { 3000: app, 9464: await freePort() });
  const name = javaScript(file);
  // The tests ask for the page in ways of their own until it is as they expect.
  const server = await ServerProcess.start([name], folder, { PATH, ...env }, async () => {});
  onTestFinished(() => server.stop());
  return { app: `http://127.0.0.1:${app}`, page: `http://127.0.0.1:${server.port}/metrics` };
}

/** Writes an example to a folder of its own, as JavaScript and with other ports. */
async function written(
  file: string,
  ports: Readonly<Record<string, number>> = {},
): Promise<string> {
  let code = await readFile(join(EXAMPLES, file), "utf8");
  for (const [port, free] of Object.entries(ports)) code = code.replaceAll(port, String(free));
  const folder = await programFolder();
  await writeIn(folder, javaScript(file), file.endsWith(".ts") ? asJavaScript(code) : code);
  return folder;
}

function javaScript(file: string): string {
  return file.replace(/\.ts$/, ".js");
}
