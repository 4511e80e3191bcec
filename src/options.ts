import { noOptions, show, unknownOption, wrongArgument } from "./errors.ts";

/** Options with their defaults applied. */
export type Complete<Options> = {
  readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined>;
};

/**
 * The options that an object has itself. What an old library or an attacker adds to `Object.prototype`
 * is inherited by all objects, but is not an option.
 */
export function ownOptions<Options extends object>(options: Options): Options {
  return { __proto__: null, ...options };
}

/** The names of all options of an interface: it does not compile without one of them. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/** For options of other libraries, what to do instead: the rest of a sentence. */
export type Advice = Readonly<Record<string, string>>;

/**
 * The options that a user gave, as `ownOptions` has them.
 *
 * @param where what has these options, as errors name it
 * @throws where they are no object, or have one that is not known: JavaScript would not tell
 */
export function knownOptions<Options extends object>(
  where: string,
  options: Options,
  names: OptionNames<Options>,
  advice: Advice = {},
): Options {
  if (!isObject(options)) throw noOptions(where, options);
  // A registry has no properties of its own, so it would pass for no options at all.
  if (isRegistry(options))
    throw wrongArgument(where, show(options), "pass a registry as { registry }");
  const own = ownOptions(options);
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined || Object.hasOwn(names, name)) continue;
    const wayOut = Object.hasOwn(advice, name) ? advice[name] : undefined;
    throw unknownOption(where, name, Object.keys(names), wayOut);
  }
  return own;
}

/** Whether this may be a registry, of this copy of the package or of another. */
export function isRegistry(value: unknown): boolean {
  return isObject(value) && "expose" in value && typeof value.expose === "function";
}

export function isObject(options: unknown): options is object {
  return typeof options === "object" && options !== null && !Array.isArray(options);
}

/** Options without those that are undefined: in a spread, they would take the place of defaults. */
export function given<Options extends object>(options: Options): Given<Options> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<Options>;
}

type Given<Options> = { readonly [Name in keyof Options]: Exclude<Options[Name], undefined> };
