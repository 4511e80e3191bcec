import type { Registry } from "../registry/registry.ts";

/** The registries that a user gave, one or several; throws if they are none. */
export function registriesOf(
  given: Registry | readonly Registry[],
  Base: typeof Registry,
): readonly Registry[] {
  const all = Array.isArray(given) ? (given as readonly Registry[]) : [given as Registry];
  for (const registry of all) {
    if (!(registry instanceof Base)) {
      throw new TypeError(`Expected Registry, got ${typeof registry}`);
    }
  }
  return all;
}
