import { show } from "../errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const FLAGS = new Map([
  ...["on", "true", "1", "yes"].map((word) => [word, true] as const),
  ...["off", "false", "0", "no"].map((word) => [word, false] as const),
]);

/**
 * Reads settings from variables of the environment. A wrong one must not bring the application down:
 * it is told of, and the default stays. An empty one is as good as none.
 */
export class EnvironmentReader {
  readonly #environment: Environment;
  readonly #say: (message: string) => void;

  constructor(environment: Environment, say: (message: string) => void) {
    this.#environment = environment;
    this.#say = say;
  }

  /**
   * @param parse gives undefined for what is wrong
   * @param rule what would be right
   */
  read<Value>(
    name: string,
    byDefault: Value,
    parse: (text: string) => Value | undefined,
    rule: string,
  ): Value {
    const text = this.#environment[name]?.trim();
    if (!text) return byDefault;
    const value = parse(text);
    if (value !== undefined) return value;
    const shown = typeof byDefault === "boolean" ? onOrOff(byDefault) : byDefault;
    this.#say(`${name} is ${show(text)}: ${rule}. It is ${shown} now, as if it were not set.`);
    return byDefault;
  }

  flag(name: string, byDefault: boolean): boolean {
    const parse = (text: string) => FLAGS.get(text.toLowerCase());
    return this.read(name, byDefault, parse, "use on or off");
  }

  /** What stands between commas; what is wrong of it is left out. */
  list(name: string, isRight: (entry: string) => boolean, rule: string): readonly string[] {
    const entries = (this.#environment[name] ?? "").split(",").map((entry) => entry.trim());
    return entries.filter((entry) => {
      if (entry === "" || isRight(entry)) return entry !== "";
      this.#say(`${name} has ${show(entry)}: ${rule}. It is left out.`);
      return false;
    });
  }
}

function onOrOff(flag: boolean): string {
  return flag ? "on" : "off";
}
