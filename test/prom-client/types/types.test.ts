import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { realServer } from "../../real-servers.ts";

const tools = await realServer("package-tools");
const successor = join(tools ?? "", "prometheus-io-client/node_modules/@prometheus-io/client");

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
const libraries = new Map<string, ts.SourceFile | undefined>();

/** The type errors of programs that import another client than the one they name. */
function errorsOf(programs: readonly string[], client: string): string {
  const files = programs.map((name) => join(import.meta.dirname, name));
  host.getSourceFile = (name, language, ...rest) => {
    if (files.some((file) => name.endsWith(file.replaceAll("\\", "/")))) {
      const text = host.readFile(name)!;
      const imports = /"(?:prom-client|narthex\/prometheus-io-client)"/g;
      return ts.createSourceFile(name, text.replaceAll(imports, JSON.stringify(client)), language);
    }
    if (!libraries.has(name)) libraries.set(name, read(name, language, ...rest));
    return libraries.get(name);
  };
  const errors = ts.getPreEmitDiagnostics(ts.createProgram(files, options, host));
  return ts.formatDiagnostics(errors, host);
}

test("what uses every declaration of prom-client 15.1.3 compiles against narthex/prom-client", () => {
  expect(errorsOf(["program.ts", "before.ts"], "narthex/prom-client")).toBe("");
});

test("what uses every declaration of @prometheus-io/client 0.16.1 compiles against narthex/prometheus-io-client", () => {
  expect(errorsOf(["program.ts", "after.ts"], "narthex/prometheus-io-client")).toBe("");
});

describe.skipIf(!tools)("@prometheus-io/client 0.16.1", () => {
  test("compiles the same", () => {
    expect(errorsOf(["program.ts", "after.ts"], `${successor}/index.js`)).toBe("");
  });
});
