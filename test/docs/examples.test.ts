import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docstringExamples, guideExamples } from "./examples.ts";

const repository = resolve(import.meta.dirname, "../..");
const guides = guideExamples();
const docstrings = docstringExamples();
const examples = [...guides, ...docstrings].map((example, i) => ({ ...example, file: `${i}.mts` }));

let folder: string;
let diagnostics: readonly ts.Diagnostic[];

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "narthex-examples-")));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  for (const { file, code } of examples) writeFileSync(join(folder, file), code);
  const { config } = ts.readConfigFile(join(repository, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const files = examples.map(({ file }) => join(folder, file));
  const program = ts.createProgram(files, { ...options, rootDir: folder });
  program.emit();
  diagnostics = ts.getPreEmitDiagnostics(program);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("there are some, of every kind", () => {
  expect(guides.length).toBeGreaterThan(0);
  for (const file of ["counter", "registry", "fastify", "lint"]) {
    expect(docstrings.map(({ place }) => place).join("\n")).toContain(`/${file}.ts:`);
  }
});

test.each(examples)("$place compiles", ({ file, code }) => {
  const errors = diagnostics
    .filter((diagnostic) => diagnostic.file?.fileName === join(folder, file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(errors, code).toEqual([]);
});

/** Of a port of their own they can't be sure here. */
const runnable = examples.filter(({ code }) => !/\bport: [1-9]/.test(code));

test.each(runnable)("$place runs", async ({ file, code }) => {
  const module = pathToFileURL(join(folder, file.replace(".mts", ".mjs"))).href;
  const script = `await import(${JSON.stringify(module)}); process.exit();`;
  const args = ["--input-type=module", "--eval", script];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  expect(stderr, code).toBe("");
});
