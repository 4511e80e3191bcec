import type { LoadFnOutput } from "node:module";

/** Where modules find what is to be done with what they keep to themselves. */
export const HOOKS = Symbol.for("narthex.auto");

const hooks = `globalThis[Symbol.for("${HOOKS.description}")]`;

/** Lines that are appended to modules; what doesn't fit in another version must not break it. */
const LINES: readonly (readonly [file: RegExp, line: string])[] = [
  [/\/koa\/lib\/application\.js$/, `${hooks}.koa(module.exports);`],
  [/\/hono\/dist\/context\.js$/, `Context = ${hooks}.hono(Context);`],
  [/\/hono\/dist\/cjs\/context\.js$/, `exports.Context = Context = ${hooks}.hono(Context);`],
];

/** A module that was loaded, extended where there is a line for it. */
export function extendedModule(url: string, loaded: LoadFnOutput): LoadFnOutput {
  const { source } = loaded;
  const line = lineFor(url);
  // A module of CommonJS may be left to another loader.
  if (line === undefined || source === undefined || source === null) return loaded;
  const text = typeof source === "string" ? source : new TextDecoder().decode(source);
  return { ...loaded, source: text + line };
}

/** The line to append to a module, by its path or URL; undefined for almost all. */
export function lineFor(module: string): string | undefined {
  const path = module.split(/[?#]/, 1)[0]!.replaceAll("\\", "/");
  const found = LINES.find(([file]) => file.test(path));
  return found && `\ntry { ${found[1]} } catch {}\n`;
}
