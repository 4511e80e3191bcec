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

/** Options without those that are undefined: in a spread, they would take the place of defaults. */
export function given<Options extends object>(options: Options): Given<Options> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<Options>;
}

type Given<Options> = { readonly [Name in keyof Options]: Exclude<Options[Name], undefined> };
