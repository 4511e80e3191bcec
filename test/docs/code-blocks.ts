import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const repository = resolve(import.meta.dirname, "../..");

/** A block of code in a page of Markdown. */
export interface CodeBlock {
  /** File and line, such as `docs/metrics.md:7`. */
  readonly place: string;
  /** `ts`, `sh`, … */
  readonly language: string;
  readonly code: string;
}

/** The Markdown pages in a folder, as paths in the repository. */
export function pagesIn(folder: string): string[] {
  const files = readdirSync(join(repository, folder)).filter((file) => file.endsWith(".md"));
  return files.map((file) => (folder === "." ? file : `${folder}/${file}`));
}

/** The pages that a user reads. */
export function guides(): string[] {
  return ["README.md", "docs", "docs/http", "docs/recipes"].flatMap((path) =>
    path.endsWith(".md") ? [path] : pagesIn(path),
  );
}

export function codeBlocksOf(page: string): CodeBlock[] {
  const text = readFileSync(join(repository, page), "utf8");
  const blocks = text.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return Array.from(blocks, ({ index, 1: language, 2: code }) => ({
    place: `${page}:${lineOf(text, index)}`,
    language: language!,
    code: code!,
  }));
}

export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
