import { existsSync } from "node:fs";
import Module, { createRequire, type LoadFnOutput, register } from "node:module";
import { join, resolve } from "node:path";
import { SHARED } from "../process-wide.ts";

/** The name under which the process shares what the lines call. */
export const HOOKS = "auto.hooks";

const hooks = `globalThis[Symbol.for("${SHARED.description}")].get("${HOOKS}")`;

/** Lines that are appended to modules of frameworks, to reach what these don't export. */
const LINES: readonly (readonly [file: RegExp, line: string])[] = [
  [/\/koa\/lib\/application\.js$/, `${hooks}.koa(module.exports);`],
  [/\/hono\/dist\/context\.js$/, `Context = ${hooks}.hono(Context);`],
  [/\/hono\/dist\/cjs\/context\.js$/, `exports.Context = Context = ${hooks}.hono(Context);`],
];

type Load = (
  url: string,
  context: object,
  nextLoad: (url: string, context: object) => LoadFnOutput,
) => LoadFnOutput;

/** Node has it since 22.15. */
const { registerHooks } = Module as {
  registerHooks?: (hooks: { readonly load: Load }) => void;
};

interface CompilingModule {
  _compile(source: string, file: string, ...rest: unknown[]): unknown;
}

/** Appends the lines to modules that are loaded from now on. */
export function extendModules(): void {
  if (registerHooks !== undefined) {
    registerHooks({
      load: (url, context, nextLoad) => extendedModule(url, nextLoad(url, context)),
    });
    return;
  }
  extendCommonJs(Module.prototype as unknown as CompilingModule);
  // A loader on a thread of its own costs nearly a millisecond per ES module: only for Hono.
  if (isInstalled("hono")) register(new URL("./loader-thread.js", import.meta.url));
}

function extendCommonJs(prototype: CompilingModule): void {
  const { _compile: compile } = prototype;
  prototype._compile = function (source, file, ...rest) {
    return Reflect.apply(compile, this, [source + (lineFor(file) ?? ""), file, ...rest]);
  };
}

/** Whether a package can be imported by the program, or from the working directory. */
function isInstalled(name: string): boolean {
  return [process.argv[1] ?? "main", "main"].some((file) =>
    createRequire(resolve(file))
      .resolve.paths(name)
      ?.some((folder) => existsSync(join(folder, name))),
  );
}

/** A loaded module, extended if there is a line for it. */
export function extendedModule(url: string, loaded: LoadFnOutput): LoadFnOutput {
  const { source } = loaded;
  const line = lineFor(url);
  // The source of a CommonJS module is missing where another loader reads it.
  if (line === undefined || source === undefined || source === null) return loaded;
  const text = typeof source === "string" ? source : new TextDecoder().decode(source);
  return { ...loaded, source: text + line };
}

/**
 * The line for a module, by its path or URL; undefined for almost all. Where it does not fit another
 * version of the framework, the module must still work.
 */
export function lineFor(module: string): string | undefined {
  const path = module.split(/[?#]/, 1)[0]!.replaceAll("\\", "/");
  const found = LINES.find(([file]) => file.test(path));
  return found && `\ntry { ${found[1]} } catch {}\n`;
}
