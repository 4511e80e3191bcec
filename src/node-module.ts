/** The modules that are loaded when they are needed, by their names. */
interface NodeModules {
  readonly crypto: typeof import("node:crypto");
  readonly http: typeof import("node:http");
  readonly net: typeof import("node:net");
  readonly zlib: typeof import("node:zlib");
}

/**
 * A module of Node that an import of this package does not load, as it takes longer than our own code and
 * not every program needs it.
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  return process.getBuiltinModule(`node:${name}`) as NodeModules[Name];
}
