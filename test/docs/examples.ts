import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";

const repository = resolve(import.meta.dirname, "../..");

/** A piece of code that documentation shows. */
export interface Example {
  /** Where it stands, such as `docs/metrics.md:7`. */
  readonly place: string;
  /** A whole module, as a user would write it. */
  readonly code: string;
}

/** What the docstrings' examples assume around them. */
const ASSUMED: Readonly<Record<string, string>> = {
  app: 'import fastify from "fastify";\nconst app = fastify();',
  currentTraceId: 'const currentTraceId = () => "4bf92f3577b34da6a3ce929d0e0e4736";',
  db: "const db = { query: async (sql: string) => [sql] };",
  expect: `import assert from "node:assert/strict";
const expect = (actual: unknown) => ({
  toBe: (wanted: unknown) => assert.equal(actual, wanted),
  toEqual: (wanted: unknown) => assert.deepEqual(actual, wanted),
});`,
  registry: `import { Registry } from "narthex";
const registry = new Registry();
const articlesPosted = registry.counter({
  name: "articles_posted",
  help: "Articles posted.",
  labels: ["category"],
});
articlesPosted.inc({ category: "news" }, 3);
articlesPosted.inc({ category: "sport" }, 1);`,
  post: "const post = (labels: { category: string }) => articlesPosted.inc(labels);",
  request: 'const request = { headers: { accept: "text/plain" } };',
  sink: "const sink = { gauge: (...sample: unknown[]) => sample };",
};

/** The `ts` blocks of the README and of the guides, which are whole modules already. */
export function guideExamples(): Example[] {
  const guides = readdirSync(join(repository, "docs")).filter((file) => file.endsWith(".md"));
  return ["README.md", ...guides.map((file) => `docs/${file}`)].flatMap((file) => {
    const text = readFileSync(join(repository, file), "utf8");
    return Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ({ index, 1: code }) => ({
      place: `${file}:${lineOf(text, index)}`,
      code: code!,
    }));
  });
}

/** The `@example`s of what the package exports, each made a module by what it leaves out. */
export function docstringExamples(): Example[] {
  const files = entryFiles();
  const program = ts.createProgram([...files.values()], {
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  const exported = new Map(
    Array.from(files, ([entry, file]) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
      return [entry, checker.getExportsOfModule(module)] as const;
    }),
  );
  const examples = new Map<string, Example>();
  for (const [entry, symbols] of exported) {
    const sources = [...new Set([entry, "narthex"])].map(
      (from) => [from, exported.get(from)!.map(({ name }) => name)] as const,
    );
    for (const symbol of symbols) {
      const isAlias = symbol.flags & ts.SymbolFlags.Alias;
      const { declarations = [] } = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
      for (const { place, code } of declarations.flatMap(examplesOf)) {
        examples.set(place, { place, code: asModule(code, sources) });
      }
    }
  }
  return [...examples.values()];
}

/** The source files of the package's entries, by the names that users import. */
function entryFiles(): Map<string, string> {
  const { exports } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  return new Map(
    Object.entries(exports as Record<string, string>)
      .filter(([, file]) => file.endsWith(".js"))
      .map(([path, file]) => {
        const source = file.replace("./dist/", "src/").replace(/\.js$/, ".ts");
        return [`narthex${path.slice(1)}`, join(repository, source)];
      }),
  );
}

/** Those of a declaration, and of its members. */
function examplesOf(declaration: ts.Node): Example[] {
  const members =
    ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)
      ? declaration.members
      : [];
  return [declaration, ...members].flatMap((node) =>
    ts
      .getJSDocTags(node)
      .filter(({ tagName }) => tagName.text === "example")
      .map((tag) => {
        const { fileName, text } = tag.getSourceFile();
        const place = `${relative(repository, fileName)}:${lineOf(text, tag.getStart())}`;
        return { place, code: ts.getTextOfJSDocComment(tag.comment)! };
      }),
  );
}

/** The code behind imports of what it uses and declarations of what it assumes. */
function asModule(
  code: string,
  sources: readonly (readonly [string, readonly string[]])[],
): string {
  const isFree = (name: string) =>
    new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`\\b(?:const|let) ${name}\\b`).test(code);
  const imported = new Set<string>();
  const imports = sources.map(([from, names]) => {
    const used = names.filter((name) => !imported.has(name) && isFree(name));
    for (const name of used) imported.add(name);
    return `import { ${used.join(", ")} } from "${from}";`;
  });
  const assumed = Object.entries(ASSUMED).filter(([name]) => isFree(name));
  return [...imports, ...assumed.map(([, declaration]) => declaration), code].join("\n");
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
