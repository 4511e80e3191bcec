import type { LoadFnOutput } from "node:module";
import { SHARED } from "../process-wide.ts";

/** The name under which the process shares the functions that the lines call. */
export const HOOKS = "auto.hooks";

const hooks = `globalThis[Symbol.for("${SHARED.description}")].get("${HOOKS}")`;

/** Lines that are appended to modules of frameworks, to reach what these don't export. */
const LINES: readonly (readonly [file: RegExp, line: string])[] = [
  [/\/koa\/lib\/application\.js$/, `${hooks}.koa(module.exports);`],
  [/\/hono\/dist\/context\.js$/, `Context = ${hooks}.hono(Context);`],
  [/\/hono\/dist\/cjs\/context\.js$/, `exports.Context = Context = ${hooks}.hono(Context);`],
];

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
 * The line for a module, by its path or URL; undefined for almost all modules. It is tried, because
 * the module must also work in a version of the framework that the line does not fit.
 */
export function lineFor(module: string): string | undefined {
  const path = module.split(/[?#]/, 1)[0]!.replaceAll("\\", "/");
  const found = LINES.find(([file]) => file.test(path));
  return found && `\ntry { ${found[1]} } catch {}\n`;
}
