/** Characters that take two columns of a terminal: those of East Asia, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Characters that take none, as they change the one before. */
const NARROW = /[\p{Mn}\p{Me}\p{Cf}]/u;

function widthOf(character: string): number {
  return NARROW.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}

/** How many columns of a terminal a text takes. */
export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** The text in exactly this many columns; what does not fit ends with an ellipsis. */
export function fitted(text: string, columns: number, side: "left" | "right" = "left"): string {
  const width = textWidth(text);
  if (width <= columns) {
    const blank = " ".repeat(columns - width);
    return side === "left" ? text + blank : blank + text;
  }
  if (columns <= 0) return "";
  let kept = "";
  let left = columns - 1;
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return fitted(`${kept}…`, columns);
}
