import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";
import { onTestFinished } from "vitest";
import { codeBlocksOf, repository } from "./code-blocks.ts";

/** Writes the program of a page to a folder of its own. */
export async function written(page: string): Promise<string> {
  const folder = await programFolder();
  for (const [name, code] of programOf(page)) await writeIn(folder, name, code);
  return folder;
}

/** A folder from which the repository's packages can be imported; it goes with the test. */
export async function programFolder(): Promise<string> {
  const parent = join(repository, ".cache");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "program-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

export async function writeIn(folder: string, name: string, text: string): Promise<void> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** The name of a file, if its first line is a comment with it. */
export function fileNameIn(code: string): string | undefined {
  return /^(?:\/\/|#) (\S+\.(?:[cm]?[jt]sx?|ya?ml))\n/.exec(code)?.[1];
}

/** The files of a page's program: the blocks that begin with a file name, or else the first TypeScript block. */
function programOf(page: string): (readonly [name: string, code: string])[] {
  const blocks = codeBlocksOf(page);
  const files = blocks.flatMap(({ code }) => {
    const name = fileNameIn(code);
    if (name === "server.ts") return [["server.js", asJavaScript(code)] as const];
    return name === undefined ? [] : [[name, code] as const];
  });
  if (files.length > 0) return files;
  const program = blocks.find(({ language }) => language === "ts")!;
  return [["server.js", asJavaScript(program.code)]];
}

export function asJavaScript(code: string): string {
  return ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      // The settings of projects with Nest.
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  }).outputText;
}
