import { existsSync } from "node:fs";
import Module, { createRequire, type LoadFnOutput, register } from "node:module";
import { join, resolve } from "node:path";
import { extendedModule, lineFor } from "./extended-module.ts";

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

/** Has modules of frameworks loaded with a line appended, by which they can be reached. */
export function extendModules(): void {
  if (registerHooks !== undefined) {
    registerHooks({
      load: (url, context, nextLoad) => extendedModule(url, nextLoad(url, context)),
    });
    return;
  }
  extendCommonJs(Module.prototype as unknown as CompilingModule);
  // On its own thread, a loader costs each ES module most of a millisecond: only Hono is worth it.
  if (isInstalled("hono")) register(new URL("./loader-thread.js", import.meta.url));
}

function extendCommonJs(prototype: CompilingModule): void {
  const { _compile: compile } = prototype;
  prototype._compile = function (source, file, ...rest) {
    return Reflect.apply(compile, this, [source + (lineFor(file) ?? ""), file, ...rest]);
  };
}

/** Whether the application, or the folder it was started in, can import a package. */
function isInstalled(name: string): boolean {
  return [process.argv[1] ?? "main", "main"].some((file) =>
    createRequire(resolve(file))
      .resolve.paths(name)
      ?.some((folder) => existsSync(join(folder, name))),
  );
}
