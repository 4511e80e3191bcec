import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { urlOf } from "../listening.ts";
import { repository } from "./code-blocks.ts";
import { docstringExamples, guideExamples } from "./examples.ts";

const guides = guideExamples();
const docstrings = docstringExamples();
const examples = [...guides, ...docstrings].map(({ place, language, code }, i) => ({
  place,
  name: String(i),
  file: `${i}.${language}`,
  // A fixed port may be in use.
  code: code.replace(/\b(port: |listen\()[1-9]\d+/g, (_, before) => `${before}0`),
}));

/** The settings of projects with React or Nest. */
const LANGUAGE: ts.CompilerOptions = {
  jsx: ts.JsxEmit.ReactJSX,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

/** Runs an example in a thread, which has globals and modules of its own, and starts faster than a process. */
const RUN = `
import { workerData } from "node:worker_threads";
// Where files go that an example writes: a thread has no working directory of its own.
process.cwd = () => import.meta.dirname;
await import(workerData);
process.exit();
`;

let folder: string;
let pushgateway: Server;
let diagnostics: readonly ts.Diagnostic[];

beforeAll(async () => {
  pushgateway = createServer((_request, response) => response.end());
  await once(pushgateway.listen(0, "127.0.0.1"), "listening");
  folder = realpathSync(mkdtempSync(join(tmpdir(), "narthex-examples-")));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "run.js"), RUN);
  for (const { file, code } of examples) writeFileSync(join(folder, file), code);
  const { config } = ts.readConfigFile(join(repository, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const files = examples.map(({ file }) => join(folder, file));
  const program = ts.createProgram(files, { ...options, ...LANGUAGE, rootDir: folder });
  program.emit();
  diagnostics = ts.getPreEmitDiagnostics(program);
});

afterAll(() => {
  pushgateway.close();
  rmSync(folder, { recursive: true, force: true });
});

test("there are some, of every kind", () => {
  expect(guides.length).toBeGreaterThan(0);
  const places = [...guides, ...docstrings].map(({ place }) => place).join("\n");
  const frameworks = ["node", "express", "fastify", "koa", "hono", "nest", "next"];
  for (const file of ["counter", "registry", "lint", "authorize", "measure-outgoing"]) {
    expect(places).toContain(`/${file}.ts:`);
  }
  for (const framework of frameworks) {
    expect(places).toContain(`/http/${framework}/index.ts:`);
    expect(places).toContain(`/${framework}.md:`);
  }
});

test.each(examples)("$place compiles", ({ file, code }) => {
  const errors = diagnostics
    .filter((diagnostic) => diagnostic.file?.fileName === join(folder, file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(errors, code).toEqual([]);
});

test.each(examples)("$place runs", async ({ name, code }) => {
  const worker = new Worker(join(folder, "run.js"), {
    workerData: pathToFileURL(join(folder, `${name}.js`)).href,
    env: {
      ...process.env,
      PORT: "0",
      TEXTFILE_FOLDER: folder,
      PUSHGATEWAY_URL: urlOf(pushgateway),
    },
    stdout: true,
    stderr: true,
  });
  const said = text(worker.stderr);
  await once(worker, "exit"); // rejects if the example throws
  expect(await said, code).toBe("");
});
