import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

test("what uses every declaration of prom-client compiles against narthex/prom-client", () => {
  const file = join(import.meta.dirname, "program.ts");
  const text = readFileSync(file, "utf8").replaceAll('"prom-client"', '"narthex/prom-client"');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (name, language, ...rest) =>
    name.endsWith("types/program.ts")
      ? ts.createSourceFile(name, text, language)
      : read(name, language, ...rest);
  const errors = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  expect(ts.formatDiagnostics(errors, host)).toBe("");
}, 60_000);
