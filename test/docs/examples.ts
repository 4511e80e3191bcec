import { relative } from "node:path";
import ts from "typescript";
import { entrySources } from "../../scripts/build/entries.mjs";
import { assumedIn } from "./assumed.ts";
import { codeBlocksOf, guides, lineOf, repository } from "./code-blocks.ts";

/** An example in the documentation. */
export interface Example {
  /** File and line, such as `docs/metrics.md:7`. */
  readonly place: string;
  readonly language: string;
  /** A complete module, as a user would write it. */
  readonly code: string;
}

const TYPESCRIPT = ["ts", "tsx"];

/** The TypeScript blocks of the README and the guides, which are complete modules already. */
export function guideExamples(): Example[] {
  return guides()
    .flatMap(codeBlocksOf)
    .filter(({ language }) => TYPESCRIPT.includes(language));
}

/** The `@example`s of the package's exports, completed to modules. */
export function docstringExamples(): Example[] {
  const files = entrySources();
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
        const module = asModule(code, sources, assumedIn(entry));
        examples.set(place, { place, language: "ts", code: module });
      }
    }
  }
  return [...examples.values()];
}

/** The examples of a declaration and of its members. */
function examplesOf(declaration: ts.Node): Pick<Example, "place" | "code">[] {
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

/** Puts imports and the declarations that the example leaves out in front of its code. */
function asModule(
  code: string,
  sources: readonly (readonly [string, readonly string[]])[],
  assumed: Readonly<Record<string, string>>,
): string {
  const isFree = (name: string) =>
    new RegExp(`\\b${name}\\b`).test(code) &&
    !new RegExp(`\\b(?:const|let|import {.*) ${name}\\b`).test(code);
  const imported = new Set<string>();
  const imports = sources.map(([from, names]) => {
    const used = names.filter((name) => !imported.has(name) && isFree(name));
    for (const name of used) imported.add(name);
    return `import { ${used.join(", ")} } from "${from}";`;
  });
  const declarations = Object.entries(assumed).filter(([name]) => isFree(name));
  return [...imports, ...declarations.map(([, declaration]) => declaration), code].join("\n");
}
