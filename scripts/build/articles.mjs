import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { repository } from "../repository.mjs";
import { readConfig } from "./read-config.mjs";

/**
 * The articles service without its types, a file for each of its sources.
 *
 * @returns {import("./javascript.mjs").Files}
 */
export function articles() {
  const { fileNames, options } = readConfig("articles/tsconfig.build.json");
  return new Map(
    fileNames.map((fileName) => {
      const path = relative(join(repository, "articles/src"), fileName).replaceAll("\\", "/");
      const { outputText } = ts.transpileModule(readFileSync(fileName, "utf8"), {
        fileName,
        compilerOptions: { ...options, module: ts.ModuleKind.ESNext },
      });
      return [path.replace(/\.ts$/, ".js"), outputText];
    }),
  );
}
