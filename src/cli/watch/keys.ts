/** A key that was pressed. */
export interface Key {
  /** Such as `up`, `enter` or `q`. */
  readonly name: string;
  /** What it writes; undefined for keys that write nothing. */
  readonly text?: string;
}

/** What terminals send for keys that write nothing. */
const NAMES: Readonly<Record<string, string>> = {
  "\u0003": "interrupt",
  "\r": "enter",
  "\n": "enter",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u001b": "escape",
  "[A": "up",
  "[B": "down",
  "[C": "right",
  "[D": "left",
  "[H": "home",
  "[F": "end",
  "[1~": "home",
  "[4~": "end",
  "[5~": "pageup",
  "[6~": "pagedown",
};

/** The keys in what a terminal has sent; sequences of keys that nobody uses are left out. */
export function keysOf(sent: string): Key[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals send them.
  const tokens = sent.match(/\u001b(?:\[[\d;]*[A-Za-z~]|O[A-Za-z])|./gsu) ?? [];
  return tokens.flatMap((token): Key[] => {
    const isSequence = token.length > 1 && token.startsWith("\u001b");
    // Some terminals send `ESC O A` for `ESC [ A`.
    const name = NAMES[isSequence ? `[${token.slice(2)}` : token];
    if (name !== undefined) return [{ name }];
    return isSequence || token < " " ? [] : [{ name: token, text: token }];
  });
}
