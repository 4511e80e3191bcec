/** What a matcher of Express 5 returns for a path that matches. */
export interface Match {
  /** The part of the path that was matched. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | readonly string[]>>;
}

export type Matcher = (path: string) => Match | false;

/** The RegExp that Express 4 makes from the path of a mount. */
const FROM_PATH = /^\^(.*)\\\/\?\(\?=\\\/\|\$\)$/s;
/** What a parameter without a pattern of its own matches there. */
const ANY_VALUE = /^(?:\[\^|\(\?:\(\?!)\\?\//;
/** What the `*` of `/*` or of `/:path*` matches there. */
const ANYTHING = /^(?:\.\*$|\(\?:\[\\?\/)/;

/** The paths from which Express 4 made the RegExp of a mount; undefined if a user wrote the RegExp. */
export function printedPaths(
  regexp: RegExp,
  keys: readonly { readonly name: string | number }[],
): string[] | undefined {
  const sources = alternatives(regexp).map((source) => FROM_PATH.exec(source)?.[1]);
  const names = keys.map(({ name }) => name).values();
  const paths = sources.map((source) => (source === undefined ? undefined : print(source, names)));
  return paths.every((path) => path !== undefined) ? paths : undefined;
}

/** The RegExp sources of an array of paths, which Express 4 joins into one. */
export function alternatives({ source }: RegExp): string[] {
  return source.replace(/^\(\?:(\^.*)\)$/s, "$1").split(/\|(?=\^)/);
}

function print(source: string, names: Iterator<string | number>): string {
  let path = "";
  for (let i = 0; i < source.length; i++) {
    if (source[i] === "\\") {
      i++;
      path += source[i];
    } else if (source[i] === "(") {
      const end = closing(source, i);
      path += printGroup(source.slice(i + 1, end), names);
      i = end;
    } else {
      path += source[i];
    }
  }
  return path;
}

function printGroup(content: string, names: Iterator<string | number>): string {
  if (content.startsWith("?:")) {
    const path = print(content.slice(2), names);
    return content.includes("(") ? path : `(${path})`;
  }
  if (content.startsWith("?")) return "";
  const name = names.next().value;
  // Inner groups use up names, too: without this, a later group would get one of theirs.
  print(content, names);
  if (ANYTHING.test(content)) return "*";
  if (typeof name !== "string") return `(${content})`;
  return ANY_VALUE.test(content) ? `:${name}` : `:${name}(${content})`;
}

function closing(source: string, open: number): number {
  let depth = 0;
  for (const { 0: token, index } of source.matchAll(/\\.|\[(?:\\.|[^\]])*\]|[()]/gs)) {
    if (index < open) continue;
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (depth === 0) return index;
  }
  return source.length;
}

/** The matcher runs once for each character, so a longer path waits for a shorter example. */
const LONGEST_EXAMPLE = 256;
/** Private-use characters: neither URLs nor users' paths contain them. */
const FIRST_MARK = 0xe000;
const MARKED = /[\uE000-\uF8FF]/;
const ALL_MARKED = /^[\uE000-\uF8FF]+$/;

/**
 * The path of a mount, for routers of Express 5 before 2.3, which keep a closure and not the path. Each
 * character of an example is replaced in turn: if one parameter changes and nothing else, the character
 * belongs to its value. Undefined if that doesn't explain all values: a value must never become text.
 */
export function probedPath(match: Matcher, example: Match): string | undefined {
  // The mount is a RegExp: for paths, Express makes the parameters an object without a prototype.
  if (Object.getPrototypeOf(example.params) !== null) return undefined;
  let { params } = example;
  const parts = example.path.match(/(?:%[\da-f]{2})+|./gis) ?? [];
  if (Object.keys(params).length > 0) {
    if (parts.length > LONGEST_EXAMPLE) return undefined;
    for (const [i, part] of parts.entries()) {
      parts[i] = String.fromCharCode(FIRST_MARK + i);
      const answer = match(parts.join(""));
      if (answer && isOneChanged(params, answer.params)) params = answer.params;
      else parts[i] = part;
    }
  }
  let path = parts.join("");
  for (const [name, value] of Object.entries(params)) {
    if (!ALL_MARKED.test(textOf(value))) return undefined;
    path = path.replace(textOf(value), () => (typeof value === "string" ? `:${name}` : `*${name}`));
  }
  return MARKED.test(path) ? undefined : path.replace(/\/$/, "");
}

function isOneChanged(before: Match["params"], after: Match["params"]): boolean {
  const names = Object.keys(before);
  return (
    names.length === Object.keys(after).length &&
    names.every((name) => name in after) &&
    names.filter((name) => textOf(before[name]!) !== textOf(after[name]!)).length === 1
  );
}

function textOf(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join("/");
}
