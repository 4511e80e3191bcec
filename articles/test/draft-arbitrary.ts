import fc from "fast-check";

/** Text that finds missing escapes, wrong lengths and wrong encodings. */
const nasty = [
  `"`,
  "'",
  "`",
  "\\",
  "\n",
  "\r\n",
  "\t",
  "\u0001",
  "\u007f",
  "\u0085",
  "\u2028",
  "\ufeff",
  "\ufffd",
  "\ufffe",
  "\u{1f98a}",
  "\u{10ffff}",
  "e\u0301",
  "\u202e",
  "👩‍👩‍👧‍👦",
  "';--",
  "%00",
  "\\u0000",
  "$1",
  "?",
  ":id",
  "null",
  "</script>",
];

const text = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: "binary" })))
  .map((parts) => parts.join("").replaceAll("\0", ""));

/** A name or a title: at most 200 characters, not all of them white space. */
const line = text.map((value) => `${[...value].slice(0, 199).join("")}.`);

/** Drafts that must be accepted and stored unchanged. */
export const draftArbitrary = fc.record(
  { title: line, body: text, author: line },
  { requiredKeys: ["title", "body"] },
);
