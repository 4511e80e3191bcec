import { existsSync } from "node:fs";
import Module, { createRequire, type LoadFnOutput, register } from "node:module";
import { join, resolve } from "node:path";
import { extendedModule, lineFor } from "./extended-module.ts";
import { attempt } from "./say.ts";

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

/** Extends modules of frameworks that are loaded from now on by the lines of `extended-module.ts`. */
export function extendModules(): void {
  if (registerHooks !== undefined) {
    registerHooks({
      load: (url, context, nextLoad) => extendedModule(url, nextLoad(url, context)),
    });
    return;
  }
  extendCommonJs(Module.prototype as unknown as CompilingModule);
  // A loader on a thread of its own costs nearly a millisecond per ES module, so only Hono gets one.
  // The loader must not import this file: the bundler would move this URL to another folder.
  attempt("no routes of Hono in ES modules", () => {
    if (isInstalled("hono")) register(new URL("./loader-thread.js", import.meta.url));
  });
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
