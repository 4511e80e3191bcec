import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "./code-blocks.ts";
import { docstringExamples, guideExamples } from "./examples.ts";

const guides = guideExamples();
const docstrings = docstringExamples();
const examples = [...guides, ...docstrings].map(({ place, language, code }, i) => ({
  place,
  name: String(i),
  file: `${i}.${language}`,
  // A fixed port may be in use.
  code: code.replace(/\bport: [1-9]\d+/g, "port: 0"),
}));

/** The settings of projects with React or Nest. */
const LANGUAGE: ts.CompilerOptions = {
  jsx: ts.JsxEmit.ReactJSX,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

let folder: string;
let diagnostics: readonly ts.Diagnostic[];

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "narthex-examples-")));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const { file, code } of examples) writeFileSync(join(folder, file), code);
  const { config } = ts.readConfigFile(join(repository, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const files = examples.map(({ file }) => join(folder, file));
  const program = ts.createProgram(files, { ...options, ...LANGUAGE, rootDir: folder });
  program.emit();
  diagnostics = ts.getPreEmitDiagnostics(program);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
  const module = pathToFileURL(join(folder, `${name}.js`)).href;
  const script = `await import(${JSON.stringify(module)}); process.exit();`;
  const args = ["--input-type=module", "--eval", script];
  const options = { cwd: folder, env: { ...process.env, PORT: "0" } };
  const { stderr } = await promisify(execFile)(process.execPath, args, options);
  expect(stderr, code).toBe("");
});
